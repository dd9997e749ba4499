"""How a schedule stood before edits, as its companion keeps it. Triggers write it, beat takes it out again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adaptapedia.scheduling.core.reckoning import LEFT_OUT, PAUSED, Former, Plan

if TYPE_CHECKING:
    from adaptapedia.scheduling.plans import Schedule

UNRECKONABLE = (ValueError, ArithmeticError, TypeError, RecursionError)
"""What a row may raise that was broken in SQL: BadRule, which is a ValueError, where we foresaw it."""
MOMENTS = ("start_time", "expires", "anchor_at", "clocked_time")


def formers_of(row: "Schedule") -> tuple[Former, ...]:
    """How the schedule stood, the oldest first. Of what cannot be reckoned any more nothing was due."""
    return tuple(_former(row, said) for said in row.formers)


def _former(row: "Schedule", said: Mapping[str, Any]) -> Former:
    until = _moment(said["until"])
    assert until is not None
    left_out = f"{LEFT_OUT}: {said['fault']}" if said["fault"] else ""
    return Former(until, _plan(row, said), left_out if said["enabled"] else PAUSED)


def _plan(row: "Schedule", said: Mapping[str, Any]) -> Plan | None:
    try:
        given = {name: said[name] for name in ("task", "days", "every", "period")}
        given |= {name: _moment(said[name]) for name in MOMENTS}
        stood = replace(row, cron=said["cron"] and tuple(said["cron"]), **given)
        return Plan(stood.rule, stood.start_time, stood.expires)
    except UNRECKONABLE:
        return None


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
