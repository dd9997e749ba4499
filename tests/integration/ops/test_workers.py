import pytest
from django.core.cache import cache

from adaptapedia.ops import workers
from tests.processes import Processes


@pytest.mark.django_db(transaction=True)
def test_a_running_worker_is_known_by_the_queue_it_takes_from(celery_processes: Processes) -> None:
    cache.delete(workers.KEY)
    celery_processes.start_worker("quick")

    known = workers.workers_by_queue()

    assert known == {"quick": ["worker-1@test"]}


def test_without_workers_nobody_takes_from_any_queue() -> None:
    cache.delete(workers.KEY)

    assert workers.workers_by_queue() == {}
