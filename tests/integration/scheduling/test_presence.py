"""Who shows that they live: a worker that runs, one that is stopped, one that dies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import presence
from adaptapedia.scheduling.models import Presence
from tests.processes import Processes

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_shows_up_again_is_there_since_the_first_time_unless_there_was_a_silence() -> None:
    ours = Presence.objects.filter(name="beat@here")  # a worker that other files share may show itself too
    presence.show("beat@here", "beat")
    first = ours.get()
    presence.show("beat@here", "beat")
    second = ours.get()
    assert second.since == first.since
    assert second.seen_at > first.seen_at

    ours.update(seen_at=timezone.now() - timedelta(minutes=1))
    presence.show("beat@here", "beat")
    assert ours.get().since > first.since


def test_who_leaves_is_not_missed() -> None:
    presence.show("beat@here", "beat")
    presence.leave("beat@here")
    assert not Presence.objects.filter(name="beat@here").exists()


def test_a_worker_shows_itself_and_its_queues_takes_its_row_away_when_stopped_and_leaves_it_when_killed(
    processes: Processes,
) -> None:
    stopped, killed = processes.start_worker("quick,long"), processes.start_worker("quick")
    assert wait_until(lambda: Presence.objects.filter(name__endswith="@test").count() == 2, seconds=60)
    shown = {row.name: (row.kind, row.queues) for row in Presence.objects.filter(name__endswith="@test")}
    assert shown == {"worker-1@test": ("worker", ["long", "quick"]), "worker-2@test": ("worker", ["quick"])}

    killed.kill()
    stopped.stop(seconds=30)

    assert [row.name for row in Presence.objects.filter(name__endswith="@test")] == ["worker-2@test"]
