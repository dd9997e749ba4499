"""Terms that would break a promise are found before anything runs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adaptapedia.scheduling.checks import check_jobs, faults
from adaptapedia.scheduling.jobs import HOUR, MINUTE, Counts, JobSpec, Run, job, registry, route, spec_of_task


def nothing(run: Run) -> Counts:
    return {}


SOUND = JobSpec(
    name="sound", task="sound_task", cron="0 2 * * *", queue="quick", run=nothing, expires=HOUR,
    soft_limit=10 * MINUTE, hard_limit=11 * MINUTE,
)  # fmt: skip


def found(*specs: JobSpec) -> list[str]:
    return [str(fault.id) for fault in faults(specs, visible_again=8 * HOUR)]


def test_sound_terms_pass() -> None:
    assert found(SOUND) == []


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        ({"hard_limit": 8 * HOUR}, "scheduling.E001"),
        ({"soft_limit": 11 * MINUTE}, "scheduling.E002"),
        ({"soft_limit": timedelta()}, "scheduling.E002"),
        ({"retries": -1}, "scheduling.E003"),
        ({"expires": timedelta()}, "scheduling.E003"),
        ({"cron": "61 2 * * *"}, "scheduling.E004"),
        ({"cron": "0 2 * *"}, "scheduling.E004"),
        ({"cron": "at two"}, "scheduling.E004"),
    ],
)
def test_each_fault_is_found(terms: dict[str, Any], fault: str) -> None:
    assert found(replace(SOUND, **terms)) == [fault]


def test_two_jobs_of_one_task_are_found() -> None:
    assert found(SOUND, replace(SOUND, name="other")) == ["scheduling.E005"]


def test_the_jobs_of_this_project_are_sound() -> None:
    assert check_jobs() == []


def test_a_job_states_its_terms_and_is_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*registry]:
        monkeypatch.delitem(registry, name)
    terms: dict[str, Any] = {
        "cron": "0 2 * * *", "queue": "long", "expires": HOUR, "soft_limit": 10 * MINUTE, "hard_limit": 11 * MINUTE,
    }  # fmt: skip

    @job("daily-thing", task="unit_do_the_thing", **terms)
    def do_the_thing(run: Run) -> Counts:
        """Does the thing.

        And more.
        """
        return {}

    spec = spec_of_task("unit_do_the_thing")
    assert spec is registry["daily-thing"]
    assert spec.doc == "Does the thing."
    assert (do_the_thing.name, route("unit_do_the_thing")) == ("unit_do_the_thing", {"queue": "long"})
    assert route("somebody_elses") is None
    assert (do_the_thing.soft_time_limit, do_the_thing.time_limit) == (600, 660)
    for name, task in (("daily-thing", "unit_another"), ("another", "unit_do_the_thing")):
        with pytest.raises(ValueError, match="two jobs"):
            job(name, task=task, **terms)(nothing)
