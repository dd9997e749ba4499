"""The terms that hold for a schedule, each with where it comes from: its row, its job, or the default."""

from dataclasses import MISSING, dataclass, fields
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.choices import MISSED, OVERLAP
from adaptapedia.scheduling.plans import companion_of
from adaptapedia.scheduling.terms import JobSpec, spec_for, spec_of_task
from adaptapedia.scheduling.wording import in_words

ROW, JOB, DEFAULT = "row", "job", "default"
DEFAULTS = {field.name: field.default for field in fields(JobSpec) if field.default is not MISSING}
OF_COMPANION = (
    *("days", "missed", "missed_bound", "overlap", "jitter", "soft_limit", "hard_limit"),
    *("retries", "retry_after", "backoff", "backoff_max"),
)


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `value` is plain (None for none), `source` is one of row, job, default."""

    name: str
    label: str
    value: Any
    source: str

    @property
    def in_words(self) -> str:
        if self.value in (None, "", timedelta()):
            return _("none")
        if isinstance(self.value, timedelta):
            return in_words(self.value)
        if self.name in CHOICES:
            return str(CHOICES[self.name].get(self.value, self.value))
        return f"{self.value:g}" if isinstance(self.value, float) else str(self.value)

    @property
    def from_where(self) -> str:
        """Its source in words."""
        return {ROW: _("of this row"), JOB: _("of the job"), DEFAULT: _("the default")}[self.source]

    @property
    def as_json(self) -> Any:
        return self.value.total_seconds() if isinstance(self.value, timedelta) else self.value


CHOICES: dict[str, dict[str, Any]] = {"missed": MISSED, "overlap": OVERLAP}


def terms_of(schedule: PeriodicTask) -> list[Term]:
    """Every policy that holds for a schedule, in the order in which people ask for them."""
    spec = spec_of_task(schedule.task)
    companion = companion_of(schedule)
    own = {name: getattr(companion, name) for name in OF_COMPANION}
    expires = None if schedule.expire_seconds is None else timedelta(seconds=schedule.expire_seconds)
    own |= {"queue": schedule.queue, "expires": expires}
    return [_term(name, label, own[name], spec, spec_for(schedule.task)) for name, label in _labels().items()]


def _term(name: str, label: str, own: Any, job: JobSpec | None, terms: JobSpec) -> Term:
    if own not in (None, ""):
        return Term(name, label, own, ROW)
    value = getattr(terms, name)
    stated = job is not None and value != DEFAULTS.get(name, MISSING)
    return Term(name, label, value, JOB if stated else DEFAULT)


def _labels() -> dict[str, str]:
    return {
        "missed": _("of ticks that were missed, run"),
        "missed_bound": _("at most, where all run"),
        "overlap": _("when the one before still runs"),
        "days": _("only on the days"),
        "jitter": _("starts up to so much later"),
        "queue": _("queue"),
        "expires": _("skipped unless started within"),
        "soft_limit": _("times out after"),
        "hard_limit": _("killed after"),
        "retries": _("retries"),
        "retry_after": _("the first after"),
        "backoff": _("each wait times the one before"),
        "backoff_max": _("longest wait"),
    }
