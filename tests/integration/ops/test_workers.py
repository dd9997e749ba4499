import pytest
from django.core.cache import cache

from adaptapedia.local.processes import wait_until
from adaptapedia.ops import workers
from tests.processes import Processes


@pytest.mark.django_db(transaction=True)
def test_a_running_worker_is_known_by_the_queue_it_takes_from(
    celery_processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "ANSWER_WITHIN", 3)
    celery_processes.start_worker("quick")

    def known() -> dict[str, list[str]]:
        cache.delete(workers.KEY)
        return workers.workers_by_queue()

    assert wait_until(known, seconds=60), "it says that it is ready before it hears questions"
    assert known() == {"quick": ["worker-1@test"]}


def test_without_workers_nobody_takes_from_any_queue() -> None:
    cache.delete(workers.KEY)

    assert workers.workers_by_queue() == {}
