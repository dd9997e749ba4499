"""Schedules edited, held or deleted while beat goes round, in whatever way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask

from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from tests.integration.scheduling.beats import Beats
from tests.integration.scheduling.world import make_schedule, miss

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]
State = JobRun.State


def edit_in_sql(row: PeriodicTask, **values: Any) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"UPDATE django_celery_beat_periodictask SET {name} = %s WHERE id = %s", [value, row.pk])


def edit_in_bulk(row: PeriodicTask, **values: Any) -> None:
    PeriodicTask.objects.filter(pk=row.pk).update(**values)


def edit_and_save(row: PeriodicTask, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


@pytest.mark.parametrize("edit", [edit_in_sql, edit_in_bulk, edit_and_save])
def test_an_edit_wakes_beat_is_seen_in_its_next_round_and_fires_nothing(
    sent: list[int], beat: Beats, edit: Any
) -> None:
    row = make_schedule("sample-count", cron="0 0 1 1 *")
    engine = beat()
    engine.go_round()
    session = engine._session
    assert session is not None
    while session.wait(0.2):
        pass
    soon = timezone.now() + timedelta(minutes=30)
    within_the_hour = CrontabSchedule.objects.create(minute=str(soon.minute), hour="*")
    edit(row, crontab_id=within_the_hour.pk)
    assert session.wait(5)
    engine.go_round()
    companion = ScheduleCompanion.objects.get()
    assert companion.edited_at is None
    assert companion.next_due_at is not None
    assert timedelta() < companion.next_due_at - timezone.now() <= timedelta(hours=1)
    assert sent == []


@pytest.mark.parametrize("way", ["crontab", "interval", "clocked"])
def test_an_edit_of_a_shared_rule_is_an_edit_of_each_of_its_schedules(sent: list[int], beat: Beats, way: str) -> None:
    rule: Any
    if way == "crontab":
        rule = CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1", month_of_year="1")
    elif way == "interval":
        rule = IntervalSchedule.objects.create(every=400, period="days")
    else:
        rule = ClockedSchedule.objects.create(clocked_time=timezone.now() + timedelta(days=400))
    for name in ("one", "other"):
        PeriodicTask.objects.create(name=name, task="sample_count", one_off=way == "clocked", **{way: rule})
    engine = beat()
    engine.go_round()
    far, soon = timezone.now() + timedelta(days=30), timezone.now() + timedelta(minutes=30)
    if way == "crontab":
        CrontabSchedule.objects.filter(pk=rule.pk).update(month_of_year="*", day_of_month="*", minute=str(soon.minute))
    elif way == "interval":
        IntervalSchedule.objects.filter(pk=rule.pk).update(every=1)
    else:
        ClockedSchedule.objects.filter(pk=rule.pk).update(clocked_time=timezone.now() + timedelta(days=1))
    engine.go_round()
    assert {companion.fires_at < far for companion in ScheduleCompanion.objects.all() if companion.fires_at} == {True}
    assert sent == []


def test_days_and_jitter_are_edits_too(sent: list[int], beat: Beats) -> None:
    make_schedule("sample-count", cron="0 12 * * *")
    engine = beat()
    engine.go_round()
    ScheduleCompanion.objects.update(days="L", jitter=timedelta(hours=1))
    engine.go_round()
    companion = ScheduleCompanion.objects.get()
    assert companion.next_due_at is not None
    assert companion.fires_at is not None
    assert (companion.next_due_at + timedelta(days=1)).day == 1
    assert timedelta() <= companion.fires_at - companion.next_due_at < timedelta(hours=1)


def test_what_was_due_before_an_edit_is_still_owed(sent: list[int], beat: Beats) -> None:
    row = make_schedule("sample-count")
    miss(row, hours=2)
    due_at = ScheduleCompanion.objects.get().next_due_at
    edit_in_bulk(row, crontab_id=CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1").pk)
    beat().go_round()
    assert sent == [JobRun.objects.get(due_at=due_at).pk]


HOURS = tuple(timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=ago) for ago in (4, 3, 2, 1))


@pytest.fixture
def hourly(sent: list[int], beat: Beats) -> PeriodicTask:
    """A schedule whose ticks of the last hours found every beat down."""
    row = make_schedule("sample-count", cron="0 * * * *")
    beat().go_round()
    beat.fresh()
    ScheduleCompanion.objects.update(next_due_at=HOURS[0], fires_at=HOURS[0])
    return row


def told() -> tuple[list[Any], list[Any]]:
    """The due times that ran, and from when to when others did not."""
    skipped = JobRun.objects.filter(state=State.SKIPPED).order_by("due_at")
    gaps = skipped.values_list("due_at", "due_until", "ticks", "reason")
    return [*JobRun.objects.filter(state=State.QUEUED).values_list("due_at", flat=True)], [*gaps]


def shift(at: datetime) -> None:
    """Let all edits have been made then."""
    formers = [{**former, "until": at.isoformat()} for former in ScheduleCompanion.objects.get().formers]
    ScheduleCompanion.objects.update(edited_at=at, formers=formers)


@pytest.mark.parametrize("values", [{"kwargs": '{"a": 1}'}, {"name": "other"}, {"headers": '{"a": 1}'}])
def test_an_edit_of_what_is_not_the_rule_loses_no_tick(hourly: PeriodicTask, beat: Beats, values: Any) -> None:
    edit_in_sql(hourly, **values)
    shift(HOURS[2] + timedelta(minutes=30))
    edit_in_bulk(hourly, task="sample_idle")
    beat().go_round()
    fired, gaps = told()
    assert len(fired) == 1
    assert fired[0] >= HOURS[3]
    assert [gap[:1] + gap[2:] for gap in gaps] == [(HOURS[0], (fired[0] - HOURS[0]) // timedelta(hours=1), "missed")]


@pytest.mark.parametrize("way", ["row", "rule", "days", "pause"])
def test_what_was_due_by_the_rule_before_an_edit_is_told_by_that(hourly: PeriodicTask, beat: Beats, way: str) -> None:
    rarely = {"month_of_year": str(timezone.now().month % 12 + 1)}
    if way == "row":
        edit_in_bulk(hourly, crontab_id=CrontabSchedule.objects.create(**rarely).pk)
    elif way == "rule":
        CrontabSchedule.objects.filter(pk=hourly.crontab_id).update(**rarely)
    elif way == "days":
        ScheduleCompanion.objects.update(days="L" if (timezone.now() + timedelta(days=1)).day != 1 else "1W")
    else:
        edit_in_bulk(hourly, enabled=False)
        edit_in_bulk(hourly, enabled=True)
    shift(HOURS[2] + timedelta(minutes=30))
    ScheduleCompanion.objects.update(missed="skip")
    beat().go_round()
    _, gaps = told()
    if way == "pause":
        assert gaps[0] == (HOURS[0], HOURS[2], 3, "paused")
    else:
        assert gaps == [(HOURS[0], HOURS[2], 3, "missed")]


def test_an_edit_between_when_a_tick_is_due_and_when_it_fires_does_not_bring_it_forward(
    sent: list[int], beat: Beats
) -> None:
    row = make_schedule("sample-count")
    ScheduleCompanion.objects.update(jitter=timedelta(days=3))
    miss(row, hours=0)
    engine = beat()
    for values in ({"kwargs": '{"a": 1}'}, {"crontab": CrontabSchedule.objects.create(minute="0", hour="0")}):
        edit_in_bulk(row, **values)
        engine.go_round()
        assert told() == ([], [])
    companion = ScheduleCompanion.objects.get()
    assert companion.edited_at is None
    assert companion.fires_at is not None
    assert companion.fires_at > timezone.now()
    assert len(companion.formers) == 2


def test_a_flood_of_edits_that_no_beat_sees_keeps_a_bounded_past(hourly: PeriodicTask, beat: Beats) -> None:
    for number in range(103):
        edit_in_bulk(hourly, kwargs=f'{{"a": {number}}}')
    formers = ScheduleCompanion.objects.get().formers
    assert len(formers) == 100
    assert datetime.fromisoformat(formers[-1]["until"]) > timezone.now() - timedelta(minutes=1)
    beat().go_round()
    assert ScheduleCompanion.objects.get().formers == []
    assert sum(gap[2] for gap in told()[1]) >= 3


def test_what_an_edited_rule_would_have_been_due_at_is_not_owed_when_it_was_edited_again(
    sent: list[int], beat: Beats
) -> None:
    row = make_schedule("sample-count", every=3600)
    beat().go_round()
    ago = timezone.now() - timedelta(hours=2)
    ScheduleCompanion.objects.update(edited_at=ago, next_due_at=ago + timedelta(hours=1), fires_at=None)
    edit_in_bulk(row, crontab_id=CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1").pk)
    beat.fresh().go_round()
    assert sent == []
    assert not JobRun.objects.exists()


@pytest.mark.parametrize("edit", [edit_in_sql, edit_in_bulk, edit_and_save])
def test_a_schedule_resumed_waits_for_its_next_tick_and_its_pause_is_told(
    sent: list[int], beat: Beats, edit: Any
) -> None:
    row = make_schedule("sample-count", every=3600)
    engine = beat()
    engine.go_round()
    edit(row, enabled=False)
    engine.go_round()
    companion = ScheduleCompanion.objects.get()
    assert (companion.fires_at, companion.edited_at) == (None, None)
    hours_ago = timezone.now() - timedelta(minutes=150)
    ScheduleCompanion.objects.update(anchor_at=hours_ago, next_due_at=hours_ago, paused_at=hours_ago)
    edit(row, enabled=True)
    engine.go_round()
    assert sent == []
    gap = JobRun.objects.get()
    assert (gap.state, gap.reason, gap.ticks, gap.due_at) == (State.SKIPPED, "paused", 3, hours_ago)
    companion = ScheduleCompanion.objects.get()
    assert companion.next_due_at == hours_ago + timedelta(hours=3)
    assert companion.paused_at is None


def test_a_companion_that_was_deleted_is_made_anew(sent: list[int], beat: Beats) -> None:
    make_schedule("sample-count", every=3600)
    ScheduleCompanion.objects.all().delete()
    beat().go_round()
    assert ScheduleCompanion.objects.get().fires_at is not None


@pytest.mark.parametrize("held_by", [{"kwargs": '{"a": 1}'}, {"description": "being written"}], ids=["edit", "no edit"])
def test_what_somebody_is_just_writing_holds_up_no_other_and_nobody_waits(
    sent: list[int], beat: Beats, held_by: dict[str, str]
) -> None:
    miss(make_schedule("sample-count"), hours=1)
    held = make_schedule("held", task="sample_idle")
    miss(held, hours=1)
    engine = beat()
    with transaction.atomic():
        PeriodicTask.objects.filter(pk=held.pk).update(**held_by)
        pauses = []
        for _ in range(4):
            engine.go_round()
            pauses.append(engine._pause)
        assert engine.leads
        assert [run.schedule_name for run in JobRun.objects.all()] == ["sample-count"]
    assert pauses == [0.2, 0.2, 1.0, 1.0]
    engine.go_round()
    assert JobRun.objects.filter(schedule_name="held").count() == 1


def test_a_schedule_deleted_in_sql_leaves_its_runs(sent: list[int], beat: Beats) -> None:
    row = make_schedule("sample-count")
    miss(row, hours=1)
    engine = beat()
    engine.go_round()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_celery_beat_periodictask WHERE id = %s", [row.pk])
    engine.go_round()
    run = JobRun.objects.get()
    assert (run.schedule, run.schedule_name) == (None, "sample-count")
    assert not ScheduleCompanion.objects.exists()
