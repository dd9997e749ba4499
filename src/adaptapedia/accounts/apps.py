from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "adaptapedia.accounts"

    def ready(self) -> None:
        from adaptapedia.accounts import events

        events.connect()
