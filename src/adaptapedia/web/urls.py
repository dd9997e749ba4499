from django.urls import path

from adaptapedia.web.views.about import about, sources
from adaptapedia.web.views.accounts import account
from adaptapedia.web.views.book import book
from adaptapedia.web.views.front import front
from adaptapedia.web.views.screen import screen
from adaptapedia.web.views.search import search
from adaptapedia.web.views.statistics import statistics, statistics_history
from adaptapedia.web.views.styleguide import styleguide
from adaptapedia.web.views.theme import set_theme

app_name = "web"

urlpatterns = [
    path("", front, name="front"),
    path("search/", search, name="search"),
    path("statistics/", statistics, name="statistics"),
    path("statistics/history.csv", statistics_history, name="statistics-history"),
    path("about/", about, name="about"),
    path("about/sources/", sources, name="sources"),
    path("book/<str:slug>/", book, name="book"),
    path("screen/<str:slug>/", screen, name="screen"),
    path("styleguide/", styleguide, name="styleguide"),
    path("theme/", set_theme, name="theme"),
    path("accounts/", account.account, name="account"),
    path("accounts/data/", account.data, name="account-data"),
    path("accounts/delete/", account.delete, name="delete-account"),
    path("accounts/deleted/", account.deleted, name="account-deleted"),
    path("accounts/second-factor/", account.second_factor, name="second-factor"),
    path("accounts/tokens/revoke/", account.revoke, name="revoke-tokens"),
]
