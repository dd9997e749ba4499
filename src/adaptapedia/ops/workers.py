"""Which workers take messages from which queue, asked of the workers themselves through the broker."""

from celery import current_app
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adaptapedia.ops.legs import Leg, State
from adaptapedia.scheduling.jobs import registry

ANSWER_WITHIN = 0.5
"""Seconds; the whole of it is waited, for nobody knows how many will answer."""
REMEMBERED_FOR = 10
KEY = "ops.workers_by_queue"


def worker_legs(parts: list[Leg]) -> list[Leg]:
    """A leg for each queue that a job uses. Nobody is asked while broker or cache do not answer."""
    queues = sorted({spec.queue for spec in registry.values()})
    if any(leg.state is not State.WELL for leg in parts if leg.name in {"broker", "cache"}):
        return [
            Leg(_queue(name), State.DEGRADED, _("cannot be known without the broker and the cache")) for name in queues
        ]
    workers = workers_by_queue()
    return [_leg(name, workers.get(name, [])) for name in queues]


def workers_by_queue() -> dict[str, list[str]]:
    """The names of the workers of each queue, at most `REMEMBERED_FOR` seconds old."""
    known: dict[str, list[str]] | None = cache.get(KEY)
    if known is None:
        known = _ask()
        cache.set(KEY, known, REMEMBERED_FOR)
    return known


def _ask() -> dict[str, list[str]]:
    answers = current_app.control.inspect(timeout=ANSWER_WITHIN).active_queues() or {}
    workers: dict[str, list[str]] = {}
    for worker in sorted(answers):
        for queue in answers[worker]:
            workers.setdefault(queue["name"], []).append(worker)
    return workers


def _leg(queue: str, workers: list[str]) -> Leg:
    if not workers:
        remedy = _("What is queued there waits. Is “make up” running?")
        return Leg(_queue(queue), State.DEGRADED, _("no worker answers"), remedy)
    return Leg(_queue(queue), State.WELL, ngettext("%d worker", "%d workers", len(workers)) % len(workers))


def _queue(name: str) -> str:
    return _("queue %s") % name
