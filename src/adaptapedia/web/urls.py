from django.urls import path

from adaptapedia.web.views.book import book
from adaptapedia.web.views.front import front
from adaptapedia.web.views.screen import screen
from adaptapedia.web.views.styleguide import styleguide
from adaptapedia.web.views.theme import set_theme

app_name = "web"

urlpatterns = [
    path("", front, name="front"),
    path("book/<str:slug>/", book, name="book"),
    path("screen/<str:slug>/", screen, name="screen"),
    path("styleguide/", styleguide, name="styleguide"),
    path("theme/", set_theme, name="theme"),
]
