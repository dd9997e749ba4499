from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig

from adaptapedia import jobs


class JobsConfig(AppConfig):
    name = "adaptapedia.jobs"

    def ready(self) -> None:
        """Import every file of this room, so that each `@job` in it is known."""
        for module in iter_modules(jobs.__path__):
            import_module(f"{jobs.__name__}.{module.name}")
