"""The step before the application starts gives a first start something to show."""

import sys

import pytest
from django.utils import timezone

from adaptapedia.catalogue.models import ScreenWork, Work
from adaptapedia.ingest.starter.facts import starter_facts
from adaptapedia.ingest.starter.removal import remove_starter
from adaptapedia.local.preparation import FIRST_INGESTION, fill_empty_catalogue
from adaptapedia.scheduling.models import JobRun
from tests.processes import Processes
from tests.secret_settings import NOWHERE, environment_of_secrets, found

FACTS = starter_facts()
LOADED = (
    f"Loaded a starter catalogue of {len(FACTS.works)} works and {len(FACTS.screen_works)} screen works; "
    "Wikidata takes its place."
)
PREPARE = (sys.executable, "-m", "adaptapedia", "prepare")


def said() -> list[str]:
    lines: list[str] = []
    fill_empty_catalogue(say=lines.append)
    return lines


@pytest.mark.django_db
def test_an_empty_catalogue_is_filled_and_that_is_said_once() -> None:
    assert said() == [LOADED]
    assert said() == []
    assert Work.objects.count() == len(FACTS.works)
    assert not JobRun.objects.exists()


@pytest.mark.django_db
def test_a_catalogue_that_wikidata_has_filled_or_left_empty_is_not() -> None:
    JobRun.objects.create(schedule_name=FIRST_INGESTION, state=JobRun.State.SUCCEEDED, due_at=timezone.now())
    assert said() == []
    assert not Work.objects.exists()


@pytest.mark.django_db
def test_until_then_a_catalogue_that_is_empty_again_is_filled_again() -> None:
    JobRun.objects.create(schedule_name=FIRST_INGESTION, state=JobRun.State.FAILED, due_at=timezone.now())
    assert said() == [LOADED]
    remove_starter()
    assert said() == [LOADED]


def test_two_first_starts_at_once_load_it_once_tell_no_secret_and_the_first_ingestion_is_still_to_come(
    celery_processes: Processes,
) -> None:
    celery_processes.environment = environment_of_secrets()
    starts = [celery_processes.start(*PREPARE) for _ in range(2)]
    assert [start.wait(seconds=120) for start in starts] == [0, 0], [start.output for start in starts]
    (output,) = (start.output for start in starts if LOADED in start.output)
    assert output.count(LOADED) == 1
    assert output.index(LOADED) < output.index("No ingestion has succeeded yet")
    assert output.count(f"filling the catalogue from {NOWHERE} now") == 1
    assert found({start.log.name: start.output for start in starts}, celery_processes.environment["SECRET_KEY"]) == []
    assert ScreenWork.objects.count() == len(FACTS.screen_works)
    (run,) = JobRun.objects.filter(schedule_name=FIRST_INGESTION)
    assert run.state == JobRun.State.QUEUED
