"""URL patterns for programs: robots.txt and the sitemap."""

from django.contrib.sitemaps import views
from django.urls import path

from qa.reading.sitemaps import SECTIONS, robots

urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", views.index, {"sitemaps": SECTIONS, "sitemap_url_name": "sitemap_section"}, name="sitemap"),
    path("sitemap-<section>.xml", views.sitemap, {"sitemaps": SECTIONS}, name="sitemap_section"),
]
