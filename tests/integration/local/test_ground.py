"""The tests' own ground holds."""

from adaptapedia.accounts.models import User
from tests.processes import Processes


def test_a_worker_of_its_own_process_is_ready_on_the_test_database(celery_processes: Processes) -> None:
    worker = celery_processes.start_worker()
    assert "quick" in worker.output
    assert worker.stop(seconds=60) < 60


def test_the_test_database_is_there(db: None) -> None:
    assert User.objects.count() == 0
