"""What people and programs may ask of schedules."""

from collections.abc import Collection, Mapping
from inspect import Parameter, signature
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Now
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.attempts import cancelled, count_end, counted, lock, policies_for
from adaptapedia.scheduling.core.policies import Overlap
from adaptapedia.scheduling.dispatch import send_after_commit
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.naming import NEAREST, names_around, nearest
from adaptapedia.scheduling.plans import Schedule, queue_of
from adaptapedia.scheduling.queries import RULES
from adaptapedia.scheduling.terms import USUAL, JobSpec, registry, spec_for, spec_of_task

State = JobRun.State


class UnknownSchedule(LookupError):
    """There is no schedule of this name, or what it starts is no job."""

    def __init__(self, name: str, *, known: list[str]) -> None:
        near = known if len(known) <= NEAREST else nearest(name, known)
        are = "The schedules are" if near is known else "The nearest names are"
        super().__init__(f"There is no schedule {name!r}. {are}: {', '.join(near) or 'none yet'}.")
        self.name = name


class NotAsked(Exception):
    """The run does not wait for an answer (any more)."""

    def __init__(self, run: JobRun) -> None:
        said = f", which {run.answered_by} answered with {run.answer}" if run.answer else ""
        super().__init__(f"Run {run.pk} is {run.state} and asks nothing{said}.")


class NotCancellable(Exception):
    """The run has ended already."""

    def __init__(self, run: JobRun) -> None:
        super().__init__(f"Run {run.pk} is {run.state}: there is nothing left to cancel.")


class UnknownAnswer(ValueError):
    """The answer is none of those that the run gives to choose from."""

    def __init__(self, run: JobRun, answer: str) -> None:
        question = run.question if run.state == State.ASKING else None
        choices = ", ".join(dict(question["answers"])) if question else USUAL
        super().__init__(f"{answer!r} is no answer to run {run.pk}. The answers are: {choices}.")


class UnknownArgument(ValueError):
    """A job does not take an argument of this name."""

    def __init__(self, job: str, argument: str, *, known: list[str]) -> None:
        takes = f"It takes: {', '.join(known)}." if known else "It takes none."
        super().__init__(f"{job} takes no argument {argument!r}. {takes}")


class NotRetryable(Exception):
    """The run tells of several ticks, so there is no one due time to run again."""

    def __init__(self, run: JobRun) -> None:
        span = f"{run.due_at:%Y-%m-%dT%H:%M:%SZ} {run.due_until:%Y-%m-%dT%H:%M:%SZ}"
        super().__init__(
            f"Run {run.pk} tells of {run.ticks:,} ticks that were skipped together. Run them with "
            f"`adaptapedia jobs backfill {run.schedule_name} {span}`."
        )


def schedule_named(name: str) -> PeriodicTask:
    """The row of a schedule, with its rule and its companion. Raises UnknownSchedule."""
    schedule = PeriodicTask.objects.filter(name=name).select_related(*RULES).first()
    if schedule is None:
        raise UnknownSchedule(name, known=names_around(name))
    return schedule


def request_run(
    name: str,
    *,
    trigger: JobRun.Trigger = JobRun.Trigger.MANUAL,
    by: str | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> tuple[JobRun, bool]:
    """Start the job of a schedule now, and return its run and whether it is a new one.

    A run under way is returned instead of starting a second; one that waits for its retry is brought
    forward. The message is sent after the commit; when the broker is away, beat sends it later.
    `by` says who asked, and is kept with the run. `arguments` go to the job by name, over those of the
    schedule; a run under way keeps its own. Raises UnknownSchedule and UnknownArgument.
    """
    with transaction.atomic():
        lock(f"request {name}")
        if (run := _under_way(name)) is not None:
            return _brought_forward(run), False
        run = _new_run(name, trigger=trigger, by=by, arguments=arguments or {})
        send_after_commit(run)
    return run, True


def retry_run(run: JobRun, *, by: str | None = None) -> tuple[JobRun, bool]:
    """Run what a run was to do again, with its arguments and its due time; its run, and whether it is a new one.

    A new one starts when all runs of its schedule that are open have ended, unless they may overlap. A run that is
    open itself is returned instead, brought forward when it waits for its retry; one that is being run again already
    has that run returned. Raises NotRetryable for a row that tells of several ticks.
    """
    if run.ticks > 1:
        raise NotRetryable(run)
    with transaction.atomic():
        lock(f"request {run.schedule_name}")
        if (same := _open_already(run)) is not None:
            return _brought_forward(same), False
        again = _again(run, by=by)
        if again.behind is None:
            send_after_commit(again)
    return again, True


def _open_already(run: JobRun) -> JobRun | None:
    """The run itself where it is open, or the open one that does again what it was to do."""
    given = {f"arguments__{name}": value for name, value in _given(run).items()}
    again = Q(trigger=JobRun.Trigger.RETRY, schedule_name=run.schedule_name, due_at=run.due_at, **given)
    open_runs = JobRun.objects.select_for_update().filter(state__in=JobRun.OPEN)
    return open_runs.filter(Q(pk=run.pk) | again).order_by("pk").first()


def _given(run: JobRun) -> dict[str, Any]:
    """What the run gives its job."""
    return {name: run.arguments[name] for name in ("args", "kwargs") if name in run.arguments}


def _again(run: JobRun, *, by: str | None) -> JobRun:
    """A run that is to do what this one was. A schedule that is gone is not needed for it."""
    behind = _in_its_way(run, states=JobRun.OPEN)
    again = JobRun.objects.create(
        schedule_id=run.schedule_id,
        schedule_name=run.schedule_name,
        task=run.task,
        queue=run.queue,
        arguments=_given(run) | ({"by": by} if by else {}),
        options=run.options,
        due_at=run.due_at,
        trigger=JobRun.Trigger.RETRY,
        behind=behind,
        sent_at=Now() if behind is None else None,
    )
    again.refresh_from_db()
    return again


def _in_its_way(run: JobRun, *, states: Collection[JobRun.State]) -> int | None:
    """The newest other run of its schedule and task in such a state; None when there is none, or they may overlap."""
    if policies_for(run).overlap == Overlap.ALLOW:
        return None
    others = JobRun.objects.filter(schedule_name=run.schedule_name, task=run.task, state__in=states)
    return others.exclude(pk=run.pk).order_by("pk").values_list("pk", flat=True).last()


def answer_run(run: JobRun, answer: str, *, by: str) -> JobRun:
    """Answer what a run asks, and let it go on. `by` says who did. Raises NotAsked and UnknownAnswer.

    Of a run that has succeeded and is not as usual one may say that it is: `usual`.
    """
    with transaction.atomic():
        asking = JobRun.objects.select_for_update().get(pk=run.pk)
        said = {"answer": answer, "answered_by": by[:200], "answered_at": Now()}
        if asking.is_suspicious:
            if answer != USUAL:
                raise UnknownAnswer(asking, answer)
            JobRun.objects.filter(pk=run.pk).update(**said)
            asking.refresh_from_db()
            return asking
        if asking.state != State.ASKING or not asking.question:
            raise NotAsked(asking)
        if answer not in dict(asking.question["answers"]):
            raise UnknownAnswer(asking, answer)
        JobRun.objects.filter(pk=run.pk).update(state=State.QUEUED, **said, next_attempt_at=Now(), sent_at=Now())
        asking.refresh_from_db()
        send_after_commit(asking)
    return asking


def cancel_run(run: JobRun, *, by: str) -> JobRun:
    """Cancel a run: one that has not started ends at once, one that is running is asked to stop, then killed.

    `by` says who did. Raises NotCancellable when it has ended.
    """
    with counted():
        found = JobRun.objects.select_for_update().get(pk=run.pk)
        if found.state not in JobRun.OPEN:
            raise NotCancellable(found)
        said: dict[str, Any] = {"cancel_requested_at": Now(), "cancelled_by": by[:200]}
        if found.state != State.RUNNING:
            said |= {"state": State.CANCELLED, "reason": cancelled(by), "finished_at": Now()}
            count_end(found.task, State.CANCELLED)
        JobRun.objects.filter(pk=run.pk).update(**said)
        found.refresh_from_db()
    return found


def _under_way(name: str) -> JobRun | None:
    running_first = Case(When(state=State.RUNNING, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        JobRun.objects.select_for_update()
        .filter(schedule_name=name, state__in=JobRun.OPEN)
        .order_by(running_first, "id")
        .first()
    )


def _brought_forward(run: JobRun) -> JobRun:
    """The run, which no longer waits for its retry; but for one that is running it still does."""
    if run.state == State.WAITING:
        behind = _in_its_way(run, states={State.RUNNING})
        sent = {"behind": behind, "sent_at": Now() if behind is None else None}
        JobRun.objects.filter(pk=run.pk).update(
            state=State.QUEUED, attempt=F("attempt") + 1, next_attempt_at=Now(), **sent
        )
        run.refresh_from_db()
        if behind is None:
            send_after_commit(run)
    return run


def _new_run(name: str, *, trigger: JobRun.Trigger, by: str | None, arguments: Mapping[str, Any]) -> JobRun:
    schedule = PeriodicTask.objects.filter(name=name).select_related(*RULES).first()
    spec = spec_for(schedule.task) if schedule else registry.get(name)
    if spec is None:
        raise UnknownSchedule(name, known=names_around(name))
    if spec_of_task(spec.task):
        _check_arguments(spec, arguments)
    asked = {"by": by} if by else {}
    row = Schedule.of(schedule) if schedule else None
    given = row.arguments if row else {"args": [], "kwargs": {}}
    run = JobRun.objects.create(
        schedule=schedule,
        schedule_name=name,
        task=spec.task,
        queue=queue_of(row) if row else spec.queue,
        options=row.options if row else {},
        arguments={**given, "kwargs": {**given["kwargs"], **arguments}, **asked},
        trigger=trigger,
        sent_at=Now(),
    )
    run.refresh_from_db()
    return run


def _check_arguments(spec: JobSpec, arguments: Mapping[str, Any]) -> None:
    known = [name for name, one in signature(spec.run).parameters.items() if one.kind is Parameter.KEYWORD_ONLY]
    for name in arguments:
        if name not in known:
            raise UnknownArgument(spec.name, name, known=known)
