"""URL patterns of the health checks."""

from django.urls import path

from qa.scheduling import health

urlpatterns = [
    path("", health.alive),
    path("scheduler", health.scheduler),
    path("worker", health.worker),
    path("metrics", health.metrics),
]
