"""Who changed which schedule from what to what is kept, however it was changed, and once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import DataError, ProgrammingError, connection, models, transaction
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from adaptapedia.desk.changes import made_by
from adaptapedia.scheduling import dispatch
from adaptapedia.scheduling.beat import Engine
from adaptapedia.scheduling.changing import edits_of
from adaptapedia.scheduling.explaining import explain
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from tests.integration.scheduling.world import make_schedule, miss

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=UTC)
UPDATE, DELETE = LogEntry.Action.UPDATE, LogEntry.Action.DELETE


def sql(statement: str, *given: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def somebody() -> str:
    return f"somebody in SQL or in bulk (role {role()})"


def edits(row: PeriodicTask) -> list[tuple[str, str]]:
    """Who changed what of a schedule since it was made, the newest first."""
    fresh = PeriodicTask.objects.select_related("companion", "crontab", "interval").get(pk=row.pk)
    return [(edit.by, str(edit)) for edit in edits_of(fresh) if not edit.made]


def entries(model: type[models.Model], key: int) -> "models.QuerySet[Any]":
    kind = ContentType.objects.get_for_model(model)
    found: models.QuerySet[Any] = LogEntry.objects.filter(content_type=kind, object_pk=str(key)).order_by("id")
    return found


def pause(row: PeriodicTask) -> None:
    """Pause it through its model, as grace."""
    row.enabled = False
    with made_by("grace"):
        row.save()


@pytest.fixture
def row() -> PeriodicTask:
    return make_schedule("sample-count", cron="0 12 * * *")


def test_an_edit_in_sql_is_not_taken_for_an_equal_one_of_long_ago(row: PeriodicTask) -> None:
    pause(row)
    LogEntry.objects.update(timestamp=timezone.now() - timedelta(hours=1))
    sql("UPDATE django_celery_beat_periodictask SET enabled = true WHERE id = %s", row.pk)
    entries(PeriodicTask, row.pk).order_by("-id")[0].delete()  # as if it had been before such edits were kept
    sql("UPDATE django_celery_beat_periodictask SET enabled = false WHERE id = %s", row.pk)
    assert edits(row)[0] == (somebody(), "Enabled: yes → no")


def test_an_edit_in_sql_is_put_down_to_the_role_that_made_it(row: PeriodicTask) -> None:
    sql("UPDATE django_celery_beat_periodictask SET enabled = false, queue = 'quick' WHERE id = %s", row.pk)
    assert edits(row) == [(somebody(), "Enabled: yes → no; Queue Override: – → quick")]
    entry = entries(PeriodicTask, row.pk).get(action=UPDATE)
    assert (entry.object_id, entry.object_repr) == (row.pk, "sample-count")
    assert entry.changes == {"enabled": ["True", "False"], "queue": ["None", "quick"]}


@pytest.fixture
def night_shift(row: PeriodicTask) -> Iterator[None]:
    """A role in the database that may edit and delete schedules, and nothing beside it: whoever asks is that role."""
    sql("CREATE ROLE night_shift")
    sql("GRANT SELECT, UPDATE, DELETE ON django_celery_beat_periodictask, scheduling_schedulecompanion TO night_shift")
    sql("GRANT SELECT, UPDATE ON scheduling_jobrun TO night_shift")
    sql("SET SESSION AUTHORIZATION night_shift")
    yield
    sql("RESET SESSION AUTHORIZATION")


def refused(statement: str, why: str) -> None:
    with pytest.raises(ProgrammingError, match=why), transaction.atomic():
        sql(statement)


@pytest.mark.usefixtures("night_shift")
def test_a_role_with_rights_on_the_schedules_alone_edits_and_deletes_them(row: PeriodicTask) -> None:
    sql("UPDATE django_celery_beat_periodictask SET enabled = false WHERE id = %s", row.pk)
    assert ScheduleCompanion.objects.get().formers[0]["cron"][1] == "12"
    sql("DELETE FROM django_celery_beat_periodictask WHERE id = %s", row.pk)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("RESET SESSION AUTHORIZATION")
    told = entries(PeriodicTask, row.pk).values_list("action", "additional_data")
    assert list(told)[1:] == [(action, {"role": "night_shift"}) for action in (UPDATE, DELETE)]


@pytest.mark.usefixtures("night_shift")
def test_a_role_with_rights_on_the_schedules_alone_cannot_write_the_record_otherwise(row: PeriodicTask) -> None:
    sql("CREATE TEMP TABLE auditlog_logentry (id integer)")
    sql("CREATE TEMP TABLE mine (LIKE django_celery_beat_periodictask)")
    sql("SET LOCAL application_name = 'beat'")
    sql("UPDATE django_celery_beat_periodictask SET enabled = false WHERE id = %s", row.pk)
    forged = "SELECT scheduling_keep('django_celery_beat', 'periodictask', 1, 'x', 1, '{\"a\": 1}', '{\"a\": 2}')"
    refused(forged, "permission denied for function scheduling_keep")
    keep = "CREATE TRIGGER mine AFTER UPDATE ON mine FOR EACH ROW EXECUTE FUNCTION scheduling_keep_periodictask()"
    refused(keep, "permission denied for function scheduling_keep_periodictask")
    sql("RESET SESSION AUTHORIZATION")
    sql("DROP TABLE pg_temp.auditlog_logentry")
    assert edits(row) == [("somebody in SQL or in bulk (role night_shift)", "Enabled: yes → no")]


def test_where_everybody_may_make_functions_the_triggers_have_the_rights_of_who_edits() -> None:
    ours = "FROM pg_proc WHERE proname LIKE 'scheduling\\_keep%'"
    state = f"SELECT DISTINCT prosecdef, has_function_privilege('public', oid, 'EXECUTE') {ours}"
    (operation,) = import_module("adaptapedia.scheduling.migrations.0005_keep_edits").Migration.operations
    with connection.cursor() as cursor:
        cursor.execute(state)
        assert cursor.fetchall() == [(True, False)]
        cursor.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        for statement in (operation.reverse_sql, *operation.sql):
            cursor.execute(statement)
        cursor.execute(state)
        assert cursor.fetchall() == [(False, True)]


def test_where_everybody_may_make_functions_former_rules_are_read_with_the_rights_of_who_edits() -> None:
    state = "SELECT prosecdef FROM pg_proc WHERE proname = 'scheduling_formers'"
    _, operation = import_module("adaptapedia.scheduling.migrations.0006_former_rules").Migration.operations
    with connection.cursor() as cursor:
        cursor.execute(state)
        assert cursor.fetchall() == [(True,)]
        cursor.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        for statement in (*operation.reverse_sql, *operation.sql):
            cursor.execute(statement)
        cursor.execute(state)
        assert cursor.fetchall() == [(False,)]


def test_a_bulk_update_is_kept_row_by_row_where_it_changed_something(row: PeriodicTask) -> None:
    other, paused = make_schedule("other"), make_schedule("paused", enabled=False)
    PeriodicTask.objects.update(enabled=False)
    PeriodicTask.objects.update(enabled=False)
    assert [edits(it) for it in (row, other, paused)] == [[(somebody(), "Enabled: yes → no")]] * 2 + [[]]


def test_a_rule_and_a_policy_edited_in_sql_are_edits_of_the_schedule(row: PeriodicTask) -> None:
    CrontabSchedule.objects.filter(pk=row.crontab_id).update(hour="13")
    sql("UPDATE scheduling_schedulecompanion SET overlap = 'queue', jitter = '90 min'")
    rule = make_schedule("every", every=5)
    IntervalSchedule.objects.update(every=6)
    assert edits(row) == [
        (somebody(), "jitter: – → 1:30:00; overlap: – → let one wait"),
        (somebody(), "Hour(s): 12 → 13"),
    ]
    assert edits(rule) == [(somebody(), "Number of Periods: 5 → 6")]


def test_a_schedule_put_to_another_rule_in_sql_tells_both_by_their_names(row: PeriodicTask) -> None:
    other = CrontabSchedule.objects.create(minute="5", timezone="UTC")
    PeriodicTask.objects.update(crontab=other)
    assert edits(row) == [(somebody(), f"Crontab Schedule: {row.crontab} → {other}")]


def test_what_is_saved_within_a_transaction_that_is_rolled_back_leaves_nothing(row: PeriodicTask) -> None:
    with transaction.atomic():
        pause(row)
        transaction.set_rollback(True)
    assert edits(row) == []
    PeriodicTask.objects.update(enabled=False)
    assert edits(row) == [(somebody(), "Enabled: yes → no")]


@pytest.mark.django_db(transaction=True)
def test_a_save_outside_a_transaction_is_kept_once_and_equal_changes_after_it_are_told_apart(row: PeriodicTask) -> None:
    for _ in range(2):
        pause(row)
        PeriodicTask.objects.update(enabled=True)
    assert edits(row) == [(somebody(), "Enabled: no → yes"), ("grace", "Enabled: yes → no")] * 2


@pytest.mark.django_db(transaction=True)
def test_a_save_that_fails_or_changes_nothing_hides_no_later_edit(row: PeriodicTask) -> None:
    row.save()
    row.task = "too long" * 100
    with pytest.raises(DataError):
        pause(row)
    PeriodicTask.objects.update(enabled=False)
    assert edits(row)[0] == (somebody(), "Enabled: yes → no")


def test_a_deletion_in_sql_is_kept_with_what_stood(row: PeriodicTask) -> None:
    sql("DELETE FROM django_celery_beat_periodictask WHERE id = %s", row.pk)
    connection.check_constraints()
    entry = entries(PeriodicTask, row.pk).get(action=DELETE)
    assert (entry.object_repr, entry.additional_data) == ("sample-count", {"role": role()})
    assert entry.changes["crontab"] == [str(row.crontab_id), "None"]


def test_a_deletion_by_a_model_is_kept_once_and_of_the_rows_that_go_in_sql_too(row: PeriodicTask) -> None:
    other = make_schedule("other")
    with made_by("grace"):
        PeriodicTask.objects.filter(pk=row.pk).delete()
    sql("DELETE FROM django_celery_beat_periodictask WHERE id = %s", other.pk)
    connection.check_constraints()
    for model in (PeriodicTask, ScheduleCompanion):
        by_model, in_sql = (entries(model, key).get(action=DELETE) for key in (row.pk, other.pk))
        assert (by_model.additional_data, in_sql.additional_data) == ({"called": "grace"}, {"role": role()})
        stood = {field for field, (before, after) in by_model.changes.items() if before != after}
        assert stood == {*in_sql.changes}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sample_jobs")
def test_what_beat_counts_is_no_edit_and_that_it_switches_off_what_was_to_run_once_is_its_own(
    row: PeriodicTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = make_schedule("once", task="sample_count", one_off=True)
    for it in (row, once):
        miss(it, hours=1)
    monkeypatch.setattr(dispatch, "_send_at_once", lambda messages: None)
    before = LogEntry.objects.count()
    engine = Engine(holder="host 42")
    try:
        engine.go_round()
    finally:
        engine.close()
    assert JobRun.objects.filter(state=JobRun.State.QUEUED).count() == 2
    assert LogEntry.objects.count() == before + 1
    assert edits(once)[0] == ("beat", "Enabled: yes → no")
    now = timezone.now()
    assert "by beat" in " ".join(explain("once", at=now, now=now).sentences)


OF_EACH_KIND: dict[type[models.Model], dict[str, Any]] = {
    PeriodicTask: {
        "name": "other",
        "task": "other",
        "args": "[1.50]",
        "kwargs": '{"a": true}',
        "queue": "long",
        "exchange": "x",
        "routing_key": "y",
        "headers": '{"a": 1}',
        "priority": 3,
        "expires": NOON,
        "expire_seconds": 60,
        "one_off": True,
        "start_time": NOON,
        "enabled": False,
        "description": "None\n→ 2.0",
        "interval": IntervalSchedule,
        "solar": SolarSchedule,
        "clocked": ClockedSchedule,
        "crontab": None,
    },
    ScheduleCompanion: {
        "days": "L",
        "missed": "all",
        "missed_bound": 4,
        "overlap": "cancel",
        "retries": 2,
        "backoff": 2,
        "jitter": timedelta(minutes=-5),
        "soft_limit": timedelta(days=1, microseconds=20),
        "hard_limit": timedelta(hours=49),
        "retry_after": timedelta(0),
        "backoff_max": timedelta(hours=12),
    },
    CrontabSchedule: {
        "minute": "1",
        "hour": "2",
        "day_of_month": "3",
        "month_of_year": "4",
        "day_of_week": "5",
        "timezone": "Europe/Berlin",
    },
    IntervalSchedule: {"every": 7, "period": "hours"},
    ClockedSchedule: {"clocked_time": NOON},
    SolarSchedule: {"event": "sunset", "latitude": Decimal("1.5"), "longitude": 7},
}
RULES: dict[Any, dict[str, Any]] = {
    SolarSchedule: {"event": "sunrise", "latitude": 52, "longitude": 13},
    IntervalSchedule: {"every": 1, "period": "days"},
    ClockedSchedule: {"clocked_time": NOON + timedelta(days=1)},
}


@pytest.mark.parametrize(
    ("model", "field"), [(model, field) for model, fields in OF_EACH_KIND.items() for field in fields]
)
def test_each_field_is_kept_once_by_a_model_and_in_sql_in_the_same_shape(
    row: PeriodicTask, model: Any, field: str
) -> None:
    for rule, terms in RULES.items():
        rule.objects.create(**terms)
    changed = model.objects.get()
    before, value = getattr(changed, field), OF_EACH_KIND[model][field]
    after = value.objects.get() if value in RULES else value
    setattr(changed, field, after)
    with made_by("grace"):
        models.Model.save(changed, update_fields=[field])
    by_model = entries(model, changed.pk).get(action=UPDATE)
    model.objects.update(**{field: before})
    in_sql = entries(model, changed.pk).filter(action=UPDATE).latest("id")
    assert by_model.additional_data == {"called": "grace"}
    assert in_sql.additional_data == {"role": role()}
    assert {*by_model.changes} == {*in_sql.changes} == {field}
    numbers = isinstance(value, int | Decimal) and not isinstance(value, bool)
    shown = [[Decimal(it) if numbers and it != "None" else it for it in x.changes[field]] for x in (by_model, in_sql)]
    assert shown[0] == shown[1][::-1]


@pytest.mark.parametrize("model", OF_EACH_KIND)
def test_triggers_watch_the_fields_that_are_kept(model: Any) -> None:
    kept = {*auditlog.get_model_fields(model)["include_fields"]} - {model._meta.pk.name}
    assert kept == {*OF_EACH_KIND[model]}
