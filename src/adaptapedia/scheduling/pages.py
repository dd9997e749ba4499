"""Where people look at runs and schedules: paths of `SCHEDULING_PAGES`, with `{}` for the run's id, the name."""

from urllib.parse import quote

from django.conf import settings

PAGES = {"run": "/", "schedule": "/", "overview": "/"}
"""Unless the setting says."""


def overview() -> str:
    """The page that tells of everything."""
    return _path("overview")


def run_path(run_id: int) -> str:
    """The page of a run."""
    return _path("run").format(run_id)


def schedule_path(name: str) -> str:
    """The page of a schedule, by its name."""
    return _path("schedule").format(quote(name, safe=""))


def _path(page: str) -> str:
    return str(getattr(settings, "SCHEDULING_PAGES", PAGES)[page])
