"""URL patterns of the style sheets in the accent colour."""

from django.urls import path

from home import views

app_name = "home"

urlpatterns = [
    path("accent/<str:digits>.css", views.accent, name="accent"),
    path("accent/desk/<str:digits>.css", views.desk_colours, name="desk_colours"),
]
