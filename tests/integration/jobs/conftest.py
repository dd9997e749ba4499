"""One worker with the real jobs for all tests of a file: a start takes seconds. It is gone before another file's."""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.processes import Processes, Running

if TYPE_CHECKING:
    from adaptapedia.scheduling.models import JobRun


@pytest.fixture(scope="module")
def shared_worker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    from django.conf import settings

    from adaptapedia.settings import CONFIG

    database = urlsplit(CONFIG.database_address)._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": CONFIG.redis_address,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
    }
    processes = Processes(environment=environment, logs=tmp_path_factory.mktemp("worker"))
    try:
        yield processes.start_worker()
    finally:
        processes.close()


@pytest.fixture
def worker(transactional_db: None, shared_worker: Running) -> Running:
    """A worker that takes both queues, and an empty cache."""
    from django.core.cache import cache

    cache.clear()
    return shared_worker


@pytest.fixture
def run_job(worker: Running) -> "Callable[[str], JobRun]":
    """Runs a job by hand on the worker; its run, once that has ended."""
    from adaptapedia.scheduling.actions import request_run

    return lambda name: ended(request_run(name)[0])


def ended(run: "JobRun") -> "JobRun":
    """The run once it is over; fails when that takes more than 20 s."""
    from adaptapedia.local.processes import wait_until
    from adaptapedia.scheduling.models import JobRun

    assert wait_until(lambda: not JobRun.objects.filter(pk=run.pk, state__in=JobRun.OPEN).exists(), seconds=60)
    return JobRun.objects.get(pk=run.pk)
