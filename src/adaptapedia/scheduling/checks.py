"""System checks of the jobs: terms that would break a promise are found before anything runs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.plans import policies_of, rule_of, visibility
from adaptapedia.scheduling.terms import JobSpec, registry


@register
def check_jobs(app_configs: Sequence[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:
    """Every job's terms hold together: limits, retries, cron, a task name of its own."""
    return [*faults(registry.values(), visible_again=visibility())]


def faults(specs: Iterable[JobSpec], *, visible_again: timedelta) -> Iterator[CheckMessage]:
    """What is wrong with the terms of these jobs, where the broker hands a message out again after `visible_again`."""
    jobs = list(specs)
    for spec in jobs:
        yield from _faults_of(spec, visible_again)
    for task, count in Counter(spec.task for spec in jobs).items():
        if count > 1:
            yield Error(f"{count} jobs have the task {task}.", id="scheduling.E005")


def _faults_of(spec: JobSpec, visible_again: timedelta) -> Iterator[CheckMessage]:
    soft, hard = spec.soft_limit, spec.hard_limit
    if soft is None or hard is None or spec.expires is None:
        yield Error(f"{spec.name} states no limits or no expiry, which every job must.", id="scheduling.E006")
        return
    if hard >= visible_again:
        yield Error(
            f"The hard limit of {spec.name} ({hard}) is not below the broker's visibility timeout "
            f"({visible_again}): its message would be delivered again while it runs.",
            hint="Raise visibility_timeout in CELERY_BROKER_TRANSPORT_OPTIONS, or lower the limit.",
            id="scheduling.E001",
        )
    if not timedelta() < soft < hard:
        yield Error(f"The soft limit of {spec.name} is not between zero and its hard limit.", id="scheduling.E002")
    try:
        policies_of(spec, None)
    except BadRule as error:
        yield Error(f"A policy of {spec.name} cannot be kept: {error}", id="scheduling.E003")
    if spec.expires <= timedelta():
        yield Error(f"{spec.name} expires before it is due.", id="scheduling.E003")
    try:
        rule_of(spec)
    except BadRule as error:
        yield Error(f"The cron of {spec.name} is not valid, {spec.cron!r}: {error}", id="scheduling.E004")
