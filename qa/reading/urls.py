"""URL patterns of what readers and programs fetch beside the pages: documents, robots.txt and the sitemap."""

from django.contrib.sitemaps import views
from django.urls import include, path
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from qa.reading.documents import private_unless_public
from qa.reading.sitemaps import SECTIONS, robots

urlpatterns = [
    path("documents/", include(decorate_urlpatterns(wagtaildocs_urls.urlpatterns, private_unless_public))),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", views.index, {"sitemaps": SECTIONS, "sitemap_url_name": "sitemap_section"}, name="sitemap"),
    path("sitemap-<section>.xml", views.sitemap, {"sitemaps": SECTIONS}, name="sitemap_section"),
]
