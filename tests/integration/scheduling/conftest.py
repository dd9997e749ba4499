"""Workers with the sample jobs, and beats. Imports wait for tests/conftest.py to set Django up."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.processes import Processes, Running, environment_of_tests

if TYPE_CHECKING:
    from adaptapedia.scheduling.terms import JobSpec
    from tests.integration.scheduling.beats import Beats


@pytest.fixture
def sample_jobs(monkeypatch: pytest.MonkeyPatch) -> "dict[str, JobSpec]":
    """The sample jobs in the registry instead of the real ones, for one test."""
    from adaptapedia.scheduling.terms import registry
    from tests.integration.scheduling.world import SAMPLES

    for name in [*registry]:
        monkeypatch.delitem(registry, name)
    for name, spec in SAMPLES.items():
        monkeypatch.setitem(registry, name, spec)
    return SAMPLES


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "dict[str, str]":
    """The environment of sample jobs, whose starts a test of its own workers asks for."""
    from tests.integration.scheduling.world import sample_environment

    environment = sample_environment(tmp_path / "starts")
    monkeypatch.setenv("SAMPLE_STARTS", environment["SAMPLE_STARTS"])
    return environment


@pytest.fixture
def processes(celery_processes: Processes, sample_jobs: "dict[str, JobSpec]", starts: dict[str, str]) -> Processes:
    """Real workers and beats that know the sample jobs; hearts beat each 0.5 s and patience is 3 s."""
    celery_processes.environment |= starts
    return celery_processes


@pytest.fixture(scope="package")
def shared_worker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Running]":
    """One worker with the sample jobs for all tests of this folder that do not hurt it: a start takes seconds."""
    from tests.integration.scheduling.world import sample_environment

    folder = tmp_path_factory.mktemp("worker")
    environment = environment_of_tests() | sample_environment(folder / "starts")
    processes = Processes(environment=environment, logs=folder, host="shared")
    try:
        yield processes.start_worker(concurrency=2)
    finally:
        processes.close()


@pytest.fixture
def worker(
    transactional_db: None,
    shared_worker: Running,
    sample_jobs: "dict[str, JobSpec]",
    monkeypatch: pytest.MonkeyPatch,
) -> Running:
    """A worker that takes both queues."""
    monkeypatch.setenv("SAMPLE_STARTS", str(shared_worker.log.parent / "starts"))
    return shared_worker


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs whose messages went out, kept from the shared worker."""
    from adaptapedia.scheduling import dispatch

    ids: list[int] = []
    monkeypatch.setattr(dispatch, "_send_at_once", lambda messages: ids.extend(message.run_id for message in messages))
    return ids


@pytest.fixture
def beat() -> "Iterator[Beats]":
    """Beats of this process, made when they are called for."""
    from tests.integration.scheduling.beats import Beats

    beats = Beats()
    yield beats
    beats.close()
