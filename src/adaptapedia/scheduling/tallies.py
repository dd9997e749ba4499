"""Counters and histograms that all processes add to, in one table: whoever is asked for them tells of all.

    tallies.add("scheduling_ticks", outcome="run")
    tallies.observe("scheduling_lateness_seconds", 0.031)
    tallies.flush(cursor)

What a thread adds it collects, and flushes in the transaction that writes what was counted: both are
kept, or neither. A transaction that fails before its flush calls `forget`.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from adaptapedia.scheduling.models import Tally
from adaptapedia.scheduling.wording import plain


@dataclass(frozen=True, slots=True)
class Metric:
    """What a name stands for. `buckets` are a histogram's upper bounds, in ascending order; a counter has none."""

    about: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


METRICS = {
    "scheduling_ticks": Metric("Ticks by what became of them: run, missed, paused, left_out", ("outcome",)),
    "scheduling_lateness_seconds": Metric(
        "From when a tick was to be written until it was",
        buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, inf),
    ),
    "scheduling_leader_changes": Metric("How often a beat took the lead"),
    "scheduling_runs_ended": Metric("Runs by how they ended", ("job", "outcome")),
    "scheduling_duration_seconds": Metric(
        "How long attempts took, by how they ended",
        ("job", "outcome"),
        buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, inf),
    ),
    "scheduling_retries": Metric("Attempts that are to be tried again", ("job",)),
}
"""Every metric that is tallied. `/metrics` shows counters with `_total` behind their names."""

COUNTER = 0.0
SUM = -1.0
"""What `Tally.bucket` says beside the bounds of buckets."""

LABEL_LIMIT = 220
"""Characters of a label's value as it is written: two of them and their names fit into `Tally.labels`."""

UPSERT = """
INSERT INTO scheduling_tally AS tally (metric, labels, bucket, value)
SELECT metric, labels, bucket, value
FROM unnest(%s::text[], %s::text[], %s::float8[], %s::float8[]) AS fresh (metric, labels, bucket, value)
ORDER BY metric, labels, bucket
ON CONFLICT (metric, labels, bucket) DO UPDATE SET value = tally.value + excluded.value
"""
"""In one order, so that two who add to the same rows wait for each other once, and not crosswise."""


class Executes(Protocol):
    """A cursor of Django's or of psycopg, or a connection of psycopg."""

    def execute(self, statement: Any, parameters: Any, /) -> Any: ...


class _Collected(threading.local):
    """What this thread has added and not yet flushed."""

    def __init__(self) -> None:
        self.values: Counter[tuple[str, str, float]] = Counter()


_collected = _Collected()


def add(metric: str, value: float = 1, /, **labels: str) -> None:
    """Add to a counter."""
    _collected.values[metric, _written(metric, labels), COUNTER] += value  # type: ignore[assignment] # floats count too


def observe(metric: str, value: float, /, **labels: str) -> None:
    """Add one observation to a histogram; one below nought, as two clocks may make it, counts as nought."""
    value = max(0.0, value)
    written = _written(metric, labels)
    bucket = next(bound for bound in METRICS[metric].buckets if value <= bound)
    _collected.values[metric, written, bucket] += 1
    _collected.values[metric, written, SUM] += value  # type: ignore[assignment]


def flush(to: Executes) -> None:
    """Write what this thread has collected, in one statement; nothing is executed when that is nothing."""
    if not _collected.values:
        return
    names, labels, buckets = zip(*_collected.values, strict=True)
    values = [float(value) for value in _collected.values.values()]
    forget()
    to.execute(UPSERT, [[*names], [*labels], [float(bound) for bound in buckets], values])


def forget() -> None:
    """Drop what this thread has collected: what it counted was not written."""
    _collected.values = Counter()


def _written(metric: str, labels: Mapping[str, str]) -> str:
    if (wanted := {*METRICS[metric].labels}) != {*labels}:
        raise ValueError(f"{metric} takes the labels {sorted(wanted)}, not {sorted(labels)}")
    return _json({name: _fitting(value) for name, value in labels.items()})


def _fitting(value: str) -> str:
    """The value, or as much of its beginning as fits: a name that is too long must not keep a run from ending."""
    value = plain(value)
    while len(_json(value)) > LABEL_LIMIT:
        value = value[:-1]
    return value


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


@dataclass(slots=True)
class Tallied:
    """What all processes have added under one name and one set of labels."""

    metric: str
    labels: Mapping[str, str]
    count: float = 0
    """Of a counter its value, of a histogram the number of observations."""
    total: float = 0
    """Of a histogram the sum of what was observed."""
    buckets: dict[float, float] = field(default_factory=dict)
    """Of a histogram: upper bound → observations up to it, all smaller ones included."""


def tallied() -> Iterator[Tallied]:
    """Everything that has been flushed, by name and labels. One query."""
    found: dict[tuple[str, str], Tallied] = {}
    for row in Tally.objects.filter(metric__in=METRICS).order_by("metric", "labels", "bucket"):
        one = found.setdefault((row.metric, row.labels), Tallied(row.metric, json.loads(row.labels)))
        if row.bucket == SUM:
            one.total = row.value
        else:
            one.count += row.value
            if row.bucket != COUNTER:
                one.buckets[row.bucket] = one.count
    for one in found.values():
        one.buckets = _cumulative(METRICS[one.metric].buckets, one.buckets)
        yield one


def _cumulative(bounds: tuple[float, ...], known: Mapping[float, float]) -> dict[float, float]:
    """Every bound with its count; a bucket that nothing fell into has the count of the one before."""
    counts, reached = {}, 0.0
    for bound in bounds:
        reached = known.get(bound, reached)
        counts[bound] = reached
    return counts
