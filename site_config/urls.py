"""URL patterns of the site: the desk, files, and Wagtail's page tree for everything else."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from site_config.atomic_writes import atomic_writes
from site_config.policy import at_the_desk, of_pictures

handler404 = "qa.reading.missing.page_not_found"
handler500 = "site_config.outage.server_error"

desk = decorate_urlpatterns(wagtailadmin_urls.urlpatterns, atomic_writes)

urlpatterns = [
    path("admin/", include(decorate_urlpatterns(desk, at_the_desk))),
    path("", include("qa.reading.urls")),
    path("documents/", include(wagtaildocs_urls)),
    path("healthz/", include("qa.scheduling.urls")),
]

if settings.SERVE_MEDIA:
    urlpatterns += [
        # Pictures only: documents go through Wagtail's own view, which knows who may see them.
        re_path(
            r"^media/(?P<path>(?:images|original_images|avatar_images)/.+)$",
            of_pictures(serve),
            {"document_root": settings.MEDIA_ROOT},
        )
    ]

urlpatterns += [path("", include("home.urls")), path("", include("qa.urls")), path("", include(wagtail_urls))]
