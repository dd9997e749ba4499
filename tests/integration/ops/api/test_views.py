"""Schedules and runs for the programs of operators."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from adaptapedia.api.tokens import issue
from adaptapedia.ops.api import views
from adaptapedia.scheduling.models import JobRun, RunLine, ScheduleCompanion
from tests.integration.ops.samples import INGESTION_COUNTS, make_failed_run, make_person, make_run, make_schedules

NAME = "daily-wikidata-ingestion"


@pytest.fixture
def moderator(db: None) -> dict[str, str]:
    """The headers of a moderator's program."""
    return {"Authorization": f"Bearer {issue(make_person('grace', 'moderator')).access}"}


def told(client: Client, address: str, headers: dict[str, str]) -> Any:
    answer = client.get(f"/api/v1/ops/{address}", headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    return answer.json()


def test_schedules_are_told_with_their_last_runs(client: Client, moderator: dict[str, str]) -> None:
    make_schedules()
    run = make_run(counts=INGESTION_COUNTS)

    rows = {row["name"]: row for row in told(client, "schedules/", moderator)["results"]}

    assert len(rows) == 6
    assert rows[NAME]["last_run"]["id"] == run.pk
    assert (rows[NAME]["when"], rows[NAME]["fault"]) == ("0 2 * * * UTC", "")


def test_a_schedule_whose_companion_was_deleted_is_told_as_beat_will_find_it(
    client: Client, moderator: dict[str, str]
) -> None:
    make_schedules()
    ScheduleCompanion.objects.all().delete()

    listed = {row["name"]: row for row in told(client, "schedules/", moderator)["results"]}
    row = told(client, f"schedules/{NAME}/?count=3", moderator)

    assert (row["fault"], row["terms"]["overlap"]) == ("", {"value": "skip", "from": "default"})
    assert row["next_due"] == row["preview"]["ticks"][0]["due_at"] == listed[NAME]["next_due"]


def test_a_schedule_is_told_with_its_terms_its_next_ticks_and_its_edits(
    client: Client, moderator: dict[str, str]
) -> None:
    make_schedules()

    row = told(client, f"schedules/{NAME}/?count=3", moderator)

    assert [tick["due_at"][11:] for tick in row["preview"]["ticks"]] == ["02:00:00+00:00"] * 3
    assert row["terms"]["overlap"] == {"value": "skip", "from": "default"}
    assert row["edits"][0]["made"] is True


def test_a_moment_is_explained_as_on_the_command_line(
    client: Client, moderator: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    make_schedules()
    due = datetime(2026, 3, 4, 2, tzinfo=UTC)
    run = make_run(due_at=due, state=JobRun.State.SKIPPED, reason="overlap: run 3 is still going")

    said = told(client, f"schedules/{NAME}/explain/?when=2026-03-04T02:00Z", moderator)

    assert (said["verdict"], said["tick"], said["run"]["id"]) == ("overlap", "2026-03-04T02:00:00+00:00", run.pk)
    call_command("jobs", "explain", NAME, "2026-03-04T02:00Z", "--json")
    assert json.loads(capsys.readouterr().out) == said
    assert told(client, f"schedules/{NAME}/explain/", moderator)["verdict"] != "overlap"


def test_a_schedule_that_is_gone_is_explained_out_of_its_runs(client: Client, moderator: dict[str, str]) -> None:
    make_schedules()
    make_run()
    PeriodicTask.objects.filter(name=NAME).delete()

    assert told(client, f"schedules/{NAME}/explain/", moderator)["verdict"] == "deleted"


def test_a_backfill_is_told_as_its_dry_run_on_the_command_line_and_runs_nothing(
    client: Client, moderator: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    make_schedules()

    said = told(client, f"schedules/{NAME}/backfill/?from=2026-03-01&to=2026-03-04", moderator)

    assert [at[:10] for at in said["ticks"]] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    call_command("jobs", "backfill", NAME, "2026-03-01", "2026-03-04", "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out) == said
    first = told(client, f"schedules/{NAME}/backfill/?from=2026-03-01&to=2026-03-04&limit=1", moderator)
    assert (first["ticks"], first["more"]) == (said["ticks"][:1], True)
    assert not JobRun.objects.exists()


def test_runs_are_filtered_and_paged_by_number(client: Client, moderator: dict[str, str]) -> None:
    make_schedules()
    failed, _, other = make_failed_run(), make_run(), make_run("daily-stats-update")

    assert [run["id"] for run in told(client, f"runs/?schedule={NAME}&state=failed", moderator)["results"]] == [
        failed.pk
    ]
    assert other.pk not in [run["id"] for run in told(client, f"runs/?before={other.pk}", moderator)["results"]]


def test_a_run_is_told_with_its_traceback_and_its_log_as_on_the_command_line(
    client: Client, moderator: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    make_schedules()
    run = make_failed_run()
    RunLine.objects.create(run=run, attempt=3, at=timezone.now(), level="INFO", logger="x", text="reading works")

    said = told(client, f"runs/{run.pk}/", moderator)

    assert said["lines"][0]["text"] == "reading works"
    assert "raise Truncated" in said["traceback"]
    assert (said["state"], len(said["earlier_attempts"])) == ("failed", 2)
    capsys.readouterr()
    call_command("jobs", "show", str(run.pk), "--json")
    assert json.loads(capsys.readouterr().out) == said


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        ("schedules/nobody/", 404, "not-found"),
        ("runs/99999999999999999999/", 404, "not-found"),
        ("runs/?state=astonished", 400, "invalid"),
        ("runs/?page=2", 400, "invalid"),
        (f"schedules/{NAME}/?count=0", 400, "invalid"),
        ("schedules/nobody/explain/", 404, "not-found"),
        ("schedules/nobody/backfill/?from=2026-03-01&to=2026-03-02", 404, "not-found"),
        (f"schedules/{NAME}/explain/?when=yesterday", 400, "invalid"),
        (f"schedules/{NAME}/explain/?when=9999-12-31", 400, "invalid"),
        (f"schedules/{NAME}/explain/?at=2026-03-01", 400, "invalid"),
        (f"schedules/{NAME}/backfill/", 400, "invalid"),
        (f"schedules/{NAME}/backfill/?from=2026-03-01&to=soon", 400, "invalid"),
        (f"schedules/{NAME}/backfill/?from=2026-03-02&to=2026-03-01", 400, "invalid"),
        (f"schedules/{NAME}/backfill/?from=2026-03-01&to=2199-03-01", 400, "invalid"),
        (f"schedules/{NAME}/backfill/?from=2026-03-01&to=2026-03-02&limit=100000", 400, "invalid"),
    ],
)
def test_a_refusal_is_a_problem(
    client: Client, moderator: dict[str, str], address: str, status: int, kind: str
) -> None:
    make_schedules()
    answer = client.get(f"/api/v1/ops/{address}", headers=moderator)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/v1/problems/{kind}/")


def test_only_operators_are_told_and_nobody_may_write(client: Client, moderator: dict[str, str]) -> None:
    reader = {"Authorization": f"Bearer {issue(make_person('reader', 'user')).access}"}
    of_one = (f"schedules/{NAME}/{path}" for path in ("", "explain/", "backfill/"))
    for address in ("schedules/", *of_one, "runs/", "runs/1/"):
        assert client.get(f"/api/v1/ops/{address}").status_code == 401
        assert client.get(f"/api/v1/ops/{address}", headers=reader).status_code == 403
        assert client.post(f"/api/v1/ops/{address}", headers=moderator).status_code == 405
    assert not JobRun.objects.filter(created_at__gte=datetime(2000, 1, 1, tzinfo=UTC)).exists()


def test_schedules_come_in_pages(client: Client, moderator: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    make_schedules()
    monkeypatch.setattr(views, "SCHEDULES_AT_ONCE", 4)

    first = told(client, "schedules/", moderator)
    second = told(client, f"schedules/?after={first['after']}", moderator)

    names = [row["name"] for row in (*first["results"], *second["results"])]
    assert names == sorted(names)
    assert (len(first["results"]), len(names), second["after"]) == (4, 6, None)
