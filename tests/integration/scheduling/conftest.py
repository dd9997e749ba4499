"""Workers and beats with the sample jobs. Imports wait for tests/conftest.py to set Django up."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.processes import Processes, Running

if TYPE_CHECKING:
    from adaptapedia.scheduling.terms import JobSpec

CHECKOUT = Path(__file__).resolve().parents[3]
SAMPLE = {
    "DJANGO_SETTINGS_MODULE": "tests.integration.scheduling.sample.settings",
    "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}",
}


@pytest.fixture(scope="session")
def sample_specs() -> "dict[str, JobSpec]":
    """The sample jobs by name, out of the registry."""
    from adaptapedia.scheduling.terms import registry

    ours = dict(registry)
    from tests.integration.scheduling.sample import jobs  # noqa: F401 - importing it registers them

    specs = {name: spec for name, spec in registry.items() if name not in ours}
    for name in specs:
        del registry[name]
    return specs


@pytest.fixture
def sample_jobs(sample_specs: "dict[str, JobSpec]", monkeypatch: pytest.MonkeyPatch) -> "dict[str, JobSpec]":
    """The sample jobs in the registry instead of the real ones, for one test."""
    from adaptapedia.scheduling.terms import registry

    for name in [*registry]:
        monkeypatch.delitem(registry, name)
    for name, spec in sample_specs.items():
        monkeypatch.setitem(registry, name, spec)
    return sample_specs


@pytest.fixture
def processes(celery_processes: Processes, sample_jobs: "dict[str, JobSpec]") -> Processes:
    """Real workers and beats that know the sample jobs; hearts beat each 0.5 s and patience is 3 s."""
    celery_processes.environment |= SAMPLE
    return celery_processes


@pytest.fixture(scope="session")
def session_worker(
    django_db_setup: None, sample_specs: "dict[str, JobSpec]", tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """One worker with the sample jobs for all tests that do not hurt it: a start takes seconds."""
    from django.conf import settings

    from adaptapedia.settings import CONFIG

    database = urlsplit(CONFIG.database_address)._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": CONFIG.redis_address,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
        **SAMPLE,
    }
    processes = Processes(environment=environment, logs=tmp_path_factory.mktemp("worker"))
    try:
        yield processes.start_worker(concurrency=2)
    finally:
        processes.close()


@pytest.fixture
def worker(transactional_db: None, session_worker: Running, sample_jobs: "dict[str, JobSpec]") -> Running:
    """A worker that takes both queues."""
    return session_worker
