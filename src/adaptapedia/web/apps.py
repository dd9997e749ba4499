from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "adaptapedia.web"
