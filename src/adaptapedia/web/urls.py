from django.urls import path

from adaptapedia.web.views.about import about, sources
from adaptapedia.web.views.front import front
from adaptapedia.web.views.search import search
from adaptapedia.web.views.statistics import statistics, statistics_history
from adaptapedia.web.views.theme import set_theme

app_name = "web"

urlpatterns = [
    path("", front, name="front"),
    path("search/", search, name="search"),
    path("statistics/", statistics, name="statistics"),
    path("statistics/history.csv", statistics_history, name="statistics-history"),
    path("about/", about, name="about"),
    path("about/sources/", sources, name="sources"),
    path("theme/", set_theme, name="theme"),
]
