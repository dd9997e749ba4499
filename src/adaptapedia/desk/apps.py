from django.apps import AppConfig
from django.contrib.admin import apps


class DeskConfig(AppConfig):
    name = "adaptapedia.desk"

    def ready(self) -> None:
        """Put down who makes each change."""
        from adaptapedia.desk import changes

        changes.put_down_who()


class SiteConfig(apps.AdminConfig):
    """Django's admin, with a site of ours."""

    default = False  # of this room's two
    default_site = "adaptapedia.desk.site.Desk"
