"""URL patterns of the site: the desk, files, and Wagtail's page tree for everything else."""

from django.conf import settings
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from site_config.atomic_writes import atomic_writes
from site_config.odd_requests import refuse_odd_requests
from site_config.policy import at_the_desk, of_pictures
from site_config.security_txt import security_txt
from site_config.sent_by_script import answer_scripts
from site_config.uploads import PUBLIC_FOLDERS, original, picture

handler404 = "qa.reading.missing.page_not_found"
handler500 = "site_config.outage.server_error"

# From the inside: what a script is answered is known before the transaction ends, which may have to be undone.
desk = decorate_urlpatterns(decorate_urlpatterns(wagtailadmin_urls.urlpatterns, answer_scripts), atomic_writes)
desk = decorate_urlpatterns(desk, refuse_odd_requests)  # around the transaction, which an error undoes

urlpatterns = [
    path("admin/", include("qa.desk.sign_in.urls")),  # before Wagtail's of the same addresses
    path("", include("qa.desk.sign_in.readers_urls")),
    path("admin/", include(decorate_urlpatterns(desk, at_the_desk))),
    path("", include("qa.reading.urls")),
    path("healthz/", include("qa.scheduling.urls")),
    path(".well-known/security.txt", security_txt, name="security_txt"),
]

# Also where a web server serves pictures: it asks here for originals, and has no way to know who asks.
urlpatterns += [
    re_path(
        r"^media/(?P<path>original_images/.+|images/[^/]+\.original\.(?:format-\w+\.)?\w+)$", of_pictures(original)
    ),
]

if settings.SERVE_MEDIA:
    # Pictures only: documents go through Wagtail's own view, which knows who may see them.
    urlpatterns += [re_path(rf"^media/(?P<path>(?:{'|'.join(PUBLIC_FOLDERS)})/.+)$", of_pictures(picture))]

urlpatterns += [path("", include("home.urls")), path("", include("qa.urls")), path("", include(wagtail_urls))]
