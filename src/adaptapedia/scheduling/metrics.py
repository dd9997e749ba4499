"""The figures of scheduling for Prometheus: what all processes have tallied, and how things stand now.

They come out of rows and out of the broker, so any process tells the same, and none has to be asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf

from celery import current_app
from django.db import connection
from django.db.models import Count
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from adaptapedia.scheduling.models import JobRun, Presence, Trouble
from adaptapedia.scheduling.presence import SILENT_AFTER
from adaptapedia.scheduling.tallies import METRICS, Tallied, tallied
from adaptapedia.scheduling.terms import registry

PATIENCE = 2.0
"""Seconds for the broker; whoever asks for figures of a system in trouble is answered with the others."""

# All from the partial index of open runs.
STANDING = """
SELECT state, queue, count(*),
    extract(epoch FROM clock_timestamp() - min(coalesce(next_attempt_at, created_at)))::float8
FROM scheduling_jobrun WHERE state IN ('queued', 'running', 'waiting', 'asking') GROUP BY state, queue
"""


@dataclass(slots=True)
class _Standing:
    """Open runs as they stand now."""

    states: dict[str, int] = field(default_factory=lambda: {state.value: 0 for state in JobRun.OPEN})
    queued: dict[str, int] = field(default_factory=dict)
    oldest: dict[str, float] = field(default_factory=dict)
    """By queue, the seconds since its oldest queued run was made or queued again."""


class SchedulingMetrics(Collector):
    """Register it with a registry of one answer: it reads when it is collected, in five queries."""

    def collect(self) -> Iterator[Metric]:
        yield from _of_tallies([*tallied()])
        standing, shown = _standing(), _shown()
        queues = sorted({*_queues_taken(shown), *standing.queued, *(spec.queue for spec in registry.values())} - {""})
        yield _gauge("scheduling_runs", "Open runs by state", "state", standing.states)
        known = {queue: standing.queued.get(queue, 0) for queue in queues}
        yield _gauge("scheduling_queued", "Runs that wait in a queue for a worker", "queue", known)
        ages = {queue: standing.oldest.get(queue, 0.0) for queue in queues}
        yield _gauge("scheduling_oldest_queued_seconds", "How long the oldest run of a queue has waited", "queue", ages)
        about = "Messages in a queue of the broker; missing while the broker is away"
        yield _gauge("scheduling_queue_messages", about, "queue", messages_in(queues))
        alive = {kind.value: sum(one.kind == kind for one in shown) for kind in Presence.Kind}
        yield _gauge("scheduling_alive", "Beats and workers that show that they live", "kind", alive)
        open_ones = Trouble.objects.filter(ended_at=None).values_list("kind").annotate(Count("pk"))
        yield _gauge("scheduling_troubles", "Open troubles", "kind", dict(open_ones))


def messages_in(queues: list[str]) -> dict[str, int]:
    """How many messages wait in each queue of the broker, whatever their priority; empty when it does not answer."""
    patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    try:
        with current_app.connection_for_read(transport_options=patience) as broker:
            broker.connect()
            channel = broker.channel()
            return {queue: int(channel._size(queue)) for queue in queues}
    except (BrokerError, RedisError, OSError):
        return {}


def _of_tallies(known: list[Tallied]) -> Iterator[Metric]:
    """A family for each metric, also for one that nothing is known of yet."""
    for name, metric in METRICS.items():
        nothing = [] if metric.labels else [Tallied(name, {}, buckets=dict.fromkeys(metric.buckets, 0.0))]
        series = [one for one in known if one.metric == name] or nothing
        family = HistogramMetricFamily if metric.buckets else CounterMetricFamily
        told = family(name, metric.about, labels=metric.labels)
        for one in series:
            labels = [one.labels[label] for label in metric.labels]
            if isinstance(told, HistogramMetricFamily):
                told.add_metric(
                    labels,
                    [("+Inf" if le == inf else str(float(le)), count) for le, count in one.buckets.items()],
                    one.total,
                )
            else:
                told.add_metric(labels, one.count)
        yield told


def _standing() -> _Standing:
    standing = _Standing()
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        for state, queue, count, age in cursor.fetchall():
            standing.states[state] += count
            if state == JobRun.State.QUEUED:
                standing.queued[queue], standing.oldest[queue] = count, max(0.0, age)
    return standing


def _shown() -> list[Presence]:
    since: timedelta = SILENT_AFTER
    return [*Presence.objects.filter(seen_at__gt=Now() - since)]


def _queues_taken(shown: list[Presence]) -> set[str]:
    return {queue for one in shown for queue in one.queues}


def _gauge(name: str, about: str, label: str, values: dict[str, float] | dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, figure in values.items():
        family.add_metric([value], figure)
    return family
