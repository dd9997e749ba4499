"""What became of a run, in sentences."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adaptapedia.scheduling.core.policies import Missed
from adaptapedia.scheduling.core.reckoning import PROMPT
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.wording import in_utc, roughly

REASONS = ("paused", "missed", "overlap", "expired", "left out")
"""How the reasons of the engine begin for runs that were skipped; others are the jobs' own."""

State = JobRun.State


def verdict_of(run: JobRun) -> str:
    """Its state, or why it was skipped: paused, missed, overlap, expired, left_out, skipped."""
    if run.state != State.SKIPPED:
        return str(run.state)
    return next((reason for reason in REASONS if run.reason.startswith(reason)), "skipped").replace(" ", "_")


def told(run: JobRun, *, zone: ZoneInfo | None = None) -> Iterator[str]:
    """What became of it and why, a few sentences."""
    if run.state == State.SKIPPED:
        yield from _skipped(run, zone)
        return
    if run.due_at is not None and run.created_at - run.due_at > PROMPT:
        late = roughly(run.created_at - run.due_at)
        text = _("Run %(run)s was written at %(when)s, %(late)s late.")
        yield text % {"run": run.pk, "when": in_utc(run.created_at, zone), "late": late}
    yield _state(run, zone)


def told_in_short(run: JobRun) -> str:
    """One sentence on another run of the same due time."""
    said = _("Run %(run)s of the same due time (%(trigger)s): %(state)s.")
    how = {"run": run.pk, "trigger": run.get_trigger_display(), "state": run.get_state_display()}
    return said % how


def missed_in_words(missed: str, bound: int) -> str:
    """What a policy makes of ticks that were missed."""
    return {
        Missed.LATEST: _("one run, for the latest"),
        Missed.ALL: _("a run for each, at most %(bound)s, the oldest first") % {"bound": f"{bound:,}"},
        Missed.SKIP: _("none, unless one is not a minute old"),
    }[Missed(missed)]


def _state(run: JobRun, zone: ZoneInfo | None) -> str:
    took = roughly(run.duration) if run.duration else ""
    known = {
        "run": run.pk,
        "began": in_utc(run.started_at, zone) if run.started_at else "–",
        "ended": in_utc(run.finished_at, zone) if run.finished_at else "–",
        "next": in_utc(run.next_attempt_at, zone) if run.next_attempt_at else "–",
        "took": took,
        "error": run.error.rstrip("."),
        "attempt": run.attempt,
        "worker": run.worker or "–",
        "by": run.cancelled_by or _("nobody known"),
        "queue": run.queue,
        "behind": run.behind,
    }
    return _sentence_of(run) % known


def _sentence_of(run: JobRun) -> str:
    match run.state:
        case State.SUCCEEDED:
            return _("Run %(run)s began at %(began)s, took %(took)s and succeeded.")
        case State.FAILED:
            return _("Run %(run)s failed at %(ended)s, in attempt %(attempt)s: %(error)s.")
        case State.CANCELLED:
            return _("Run %(run)s was cancelled at %(ended)s, by %(by)s.")
        case State.RUNNING:
            return _("Run %(run)s has been running since %(began)s, on %(worker)s.")
        case State.WAITING:
            return _("Attempt %(attempt)s of run %(run)s failed (%(error)s); the next one is due at %(next)s.")
        case State.ASKING:
            return _("Run %(run)s waits for somebody to answer what it asks.")
        case _ if run.behind is not None:
            return _("Run %(run)s waits for run %(behind)s to end.")
    return _("Run %(run)s is queued; no worker of queue %(queue)s has taken it yet.")


def _skipped(run: JobRun, zone: ZoneInfo | None) -> Iterator[str]:
    if run.ticks > 1 and run.due_at and run.due_until:
        text = ngettext(
            "It is one of %(count)s tick from %(first)s to %(last)s that was skipped together; run %(run)s tells so.",
            "It is one of %(count)s ticks from %(first)s to %(last)s that were skipped together; run %(run)s tells so.",
            run.ticks,
        )
        span = {"first": in_utc(run.due_at, zone), "last": in_utc(run.due_until, zone)}
        yield text % {"count": f"{run.ticks:,}", "run": run.pk, **span}
    yield _why(run) % {"reason": run.reason.rstrip("."), "run": run.pk, "written": in_utc(run.created_at, zone)}


def _why(run: JobRun) -> str:
    match verdict_of(run):
        case "paused":
            return _("The schedule was paused.")
        case "missed":
            return _(
                "No beat wrote it when it was due: none led, or the database was away. The next one wrote at "
                "%(written)s, as its policy for missed ticks says, that it does not run (%(reason)s)."
            )
        case "left_out":
            return _("The schedule had a fault, for which beat left it out until that was mended (%(reason)s).")
        case "overlap":
            return _("Run %(run)s was skipped, because another one was still going (%(reason)s).")
        case "expired":
            return _("Run %(run)s was skipped, because no worker had taken it in time (%(reason)s).")
    return _("Run %(run)s was skipped: %(reason)s.")
