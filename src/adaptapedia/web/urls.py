from django.urls import path

from adaptapedia.web.views.front import front
from adaptapedia.web.views.theme import set_theme

app_name = "web"

urlpatterns = [
    path("", front, name="front"),
    path("theme/", set_theme, name="theme"),
]
