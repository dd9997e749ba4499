from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "adaptapedia.desk"

    def ready(self) -> None:
        """Put down who makes each change."""
        from adaptapedia.desk import changes

        changes.put_down_who()
