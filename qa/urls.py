"""URL patterns of the column that belong to no page of the tree."""

from django.urls import path

from qa.desk.calendar.feed import feed
from qa.search.suggestions import suggest
from qa.search.views import search

app_name = "qa"

urlpatterns = [
    path("search/", search, name="search"),
    path("search/suggest", suggest, name="suggest"),
    path("calendar/<str:secret>.ics", feed, name="calendar_feed"),
]
