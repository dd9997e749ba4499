"""`adaptapedia jobs simulate`: what would be fired, with nothing fired."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_celery_beat.models import PeriodicTask, SolarSchedule

from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from tests.integration.scheduling.world import make_schedule

pytestmark = pytest.mark.django_db

SPAN = ("--from", "2026-03-27", "--to", "2026-03-31")


def told(capsys: Any, *arguments: str) -> Any:
    capsys.readouterr()
    call_command("jobs", "simulate", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def fired(said: Any, name: str = "sample-count") -> list[str]:
    """The due times of the runs of a schedule, as day and hour."""
    runs = [one for one in said["records"] if one["what"] == "run" and one["schedule"] == name]
    return [f"{datetime.fromisoformat(one['due_at']):%d %H:%M}" for one in runs]


@pytest.fixture
def daily(sample_jobs: Any) -> PeriodicTask:
    row = make_schedule("sample-count", cron="30 2 * * *")
    row.crontab.timezone = "Europe/Berlin"
    row.crontab.save()
    return row


def test_the_rows_are_fired_in_their_zones_and_nothing_is_written(capsys: Any, daily: PeriodicTask) -> None:
    said = told(capsys, *SPAN)
    assert fired(said) == ["27 01:30", "28 01:30", "29 01:00", "30 00:30"]
    assert not said["more"]
    assert not JobRun.objects.exists()
    call_command("jobs", "simulate", *SPAN)
    assert "2026-03-29 01:00:00  run  sample-count" in capsys.readouterr().out


def test_edits_take_effect_at_their_moment(capsys: Any, daily: PeriodicTask) -> None:
    moved = told(capsys, *SPAN, "--edit", 'sample-count 2026-03-28T12:00Z cron="0 18 * * * UTC"')
    assert fired(moved) == ["27 01:30", "28 01:30", "28 18:00", "29 18:00", "30 18:00"]
    paused = told(
        capsys,
        *SPAN,
        *("--edit", "sample-count 2026-03-27T12:00Z pause"),
        *("--edit", "sample-count 2026-03-29T12:00Z resume"),
    )
    assert fired(paused) == ["27 01:30", "30 00:30"]
    (gap,) = [one for one in paused["records"] if one["what"] == "gap"]
    assert (gap["reason"], gap["ticks"]) == ("paused", 2)


def test_the_code_can_be_simulated_whatever_the_rows_say(capsys: Any, daily: PeriodicTask, sample_jobs: Any) -> None:
    said = told(capsys, "--from", "2026-03-27", "--to", "2026-03-28", "--from-code", "--only", "sample-count")
    assert fired(said) == ["27 03:00"]


def test_jitter_and_what_is_left_out_are_told(capsys: Any, daily: PeriodicTask) -> None:
    ScheduleCompanion.objects.filter(schedule=daily).update(jitter=timedelta(hours=1))
    solar = SolarSchedule.objects.create(event="sunrise", latitude=52, longitude=13)
    PeriodicTask.objects.create(name="at sunrise", task="sample_count", solar=solar)
    said = told(capsys, *SPAN, "--limit", "2")
    assert len(said["records"]) == 2
    assert said["more"]
    assert "solar" in said["faults"]["at sunrise"]
    first = said["records"][0]
    assert first["at"] > first["due_at"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2026-03-31", "--to", "2026-03-27"), "begin after its end"),
        ((*SPAN, "--edit", "sample-count pause"), "is no edit"),
        ((*SPAN, "--edit", "nobody 2026-03-28 pause"), "no schedule 'nobody'"),
        ((*SPAN, "--edit", "sample-count soon pause"), "is no moment"),
        ((*SPAN, "--edit", "sample-count 2026-03-28 dance"), "is no edit"),
        ((*SPAN, "--edit", 'sample-count 2026-03-28 cron="61 * * * *"'), "61"),
        ((*SPAN, "--edit", 'sample-count 2026-03-28 cron="* *"'), "five fields"),
        ((*SPAN, "--only", "nobody"), "no schedule 'nobody'"),
    ],
)
def test_what_cannot_be_simulated_is_one_sentence(daily: PeriodicTask, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words) as caught:
        call_command("jobs", "simulate", *arguments)
    assert caught.value.returncode == 2


def test_a_year_of_all_schedules_of_the_project_is_told(capsys: Any, db: None) -> None:
    said = told(capsys, "--from", "2026-01-01", "--to", "2027-01-01", "--from-code", "--limit", "100000")
    assert len(fired(said, "hourly-health-check")) == 365 * 24
    assert datetime.fromisoformat(said["records"][-1]["due_at"]) <= datetime(2027, 1, 1, tzinfo=UTC)
