"""Tells people of troubles, once when one begins and once when it is over, on every channel that there is.

Who is about to tell claims the trouble in its row first, so several watchdogs do not tell it twice. One
that dies between claim and telling leaves a claim that runs out: then it is told after all, and at worst twice.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from adaptapedia.scheduling.models import Trouble
from adaptapedia.scheduling.terms import DAY, HOUR, MINUTE
from adaptapedia.scheduling.timing import timing
from adaptapedia.scheduling.watchdog.channels import Channel, Message, NotTold, channels
from adaptapedia.scheduling.wording import in_a_line, roughly, sentence

log = logging.getLogger(__name__)

CLAIMED_FOR = 3 * MINUTE
"""Longer than any channel takes to tell."""
TOO_OLD = HOUR
"""What was over before this, and never told of, is news no more: so a channel that is new begins with today."""
END_TOO_OLD = DAY
TOGETHER = 50
"""So many troubles go into one message: who loses a beat does not need a thousand."""
LISTED = 20
FIRST_PAUSE = 15.0
LONGEST_PAUSE = 600.0

_WANTED = {
    "began": "(ended_at IS NULL OR ended_at > now() - %(too_old)s * interval '1 second')",
    "ended": "ended_at > now() - %(too_old)s * interval '1 second' AND told_of_beginning ? %(channel)s",
}
_COLUMN = {"began": "told_of_beginning", "ended": "told_of_end"}
_TOO_OLD = {"began": TOO_OLD, "ended": END_TOO_OLD}


def _claim_of(event: str) -> str:
    told = _COLUMN[event]
    return f"""
UPDATE scheduling_trouble SET {told} = {told} || jsonb_build_object(%(claim)s::text, now())
WHERE id IN (
    SELECT id FROM scheduling_trouble
    WHERE {_WANTED[event]} AND NOT {told} ? %(channel)s
    AND coalesce(({told} ->> %(claim)s)::timestamptz, '-infinity') < now() - %(claimed_for)s * interval '1 second'
    ORDER BY id LIMIT %(together)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""  # noqa: S608 - made of names in this file


_CLAIM = {event: _claim_of(event) for event in _COLUMN}
_TOLD = {
    event: f"UPDATE scheduling_trouble SET {told} = {told} || jsonb_build_object(%s::text, now()) WHERE id = ANY(%s)"  # noqa: S608
    for event, told in _COLUMN.items()
}


@dataclass(slots=True)
class Telling:
    """Tells what is to be told, and leaves a channel alone for a while that did not take it."""

    pauses: dict[str, float] = field(default_factory=dict)
    resumes: dict[str, float] = field(default_factory=dict)

    def tell(self) -> int:
        """Tell everything that is due on every channel; how many messages were taken."""
        taken = 0
        for channel, send in channels().items():
            if time.monotonic() >= self.resumes.get(channel, 0):
                taken += self._tell_on(channel, send)
        return taken

    def _tell_on(self, channel: str, send: Channel) -> int:
        taken = 0
        for event in _COLUMN:
            while troubles := _claim(event, channel):
                try:
                    send(message(event, troubles))
                except NotTold as why:
                    self._pause(channel, event, troubles, why)
                    return taken
                _note(event, channel, troubles)
                self.pauses.pop(channel, None)
                taken += 1
        return taken

    def _pause(self, channel: str, event: str, troubles: Sequence[Trouble], why: NotTold) -> None:
        pause = min(2 * self.pauses.get(channel, FIRST_PAUSE / 2), LONGEST_PAUSE)
        self.pauses[channel], self.resumes[channel] = pause, time.monotonic() + pause
        _give_back(event, channel, troubles)
        log.warning("Troubles are not told by %s, next try in %.0f s: %s", channel, pause, why)


def _claim(event: str, channel: str) -> list[Trouble]:
    with connection.cursor() as cursor:
        given: dict[str, str | float] = {
            "channel": channel,
            "claim": f"{channel} claimed",
            "claimed_for": CLAIMED_FOR.total_seconds(),
            "too_old": _TOO_OLD[event].total_seconds(),
            "together": TOGETHER,
        }
        cursor.execute(_CLAIM[event], given)
        ids = [pk for (pk,) in cursor.fetchall()]
    return [*Trouble.objects.filter(pk__in=ids).order_by("pk")]


def _note(event: str, channel: str, troubles: Sequence[Trouble]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TOLD[event], [channel, [one.pk for one in troubles]])


def _give_back(event: str, channel: str, troubles: Sequence[Trouble]) -> None:
    told = _COLUMN[event]
    statement = f"UPDATE scheduling_trouble SET {told} = {told} - %s::text WHERE id = ANY(%s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"{channel} claimed", [one.pk for one in troubles]])


def message(event: str, troubles: Sequence[Trouble]) -> Message:
    """What people are told of troubles that began, or ended, together."""
    first = troubles[0]
    several = f"{len(troubles)} troubles {event}: {_names(troubles)}"
    line = _headline(event, first) if len(troubles) == 1 else several
    paragraphs = [_paragraph(event, one) for one in troubles[:LISTED]]
    if len(troubles) > LISTED:
        paragraphs.append(f"… and {len(troubles) - LISTED} more.")
    fields = {
        "event": event,
        "keys": [one.key for one in troubles],
        "troubles": [_fields(one) for one in troubles[:LISTED]],
        **(_fields(first) if len(troubles) == 1 else {}),
    }
    return Message(" ".join(line.split()), "\n\n".join(paragraphs), fields)


def _headline(event: str, one: Trouble) -> str:
    about = one.schedule_name or one.key.partition(":")[2]
    return f"{'Trouble' if event == 'began' else 'Over'}: {one.kind}, {about}"


def _names(troubles: Sequence[Trouble]) -> str:
    kinds = Counter(one.kind for one in troubles)
    return ", ".join(f"{count} × {kind}" for kind, count in kinds.items())


def _paragraph(event: str, one: Trouble) -> str:
    lines = [_headline(event, one)]
    if event == "ended" and one.ended_at is not None:
        lines.append(f"It is right again after {roughly(one.ended_at - one.began_at)}.")
    lines += [f"Expected: {one.expected}.", f"Seen: {sentence(one.seen)}", f"Look at: {address_of(one)}"]
    return "\n".join([*lines, f"What it means and what to do: {runbook_of(one.kind)}"])


def _fields(one: Trouble) -> dict[str, str | None]:
    return {
        "kind": one.kind,
        "schedule": one.schedule_name,
        "expected": one.expected,
        "seen": one.seen,
        "page": address_of(one),
        "runbook": runbook_of(one.kind),
        "began_at": one.began_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }


def address_of(one: Trouble) -> str:
    """The whole address of the page to open."""
    return f"{getattr(settings, 'SCHEDULING_ADDRESS', '')}{one.page}"


def runbook_of(kind: str) -> str:
    """Where it is written what a kind of trouble means."""
    return str(getattr(settings, "SCHEDULING_RUNBOOK", "docs/runbook/{}.md").format(kind))


class Teller(threading.Thread):
    """Tells after each round of the watchdog: on a thread of its own, so that no channel holds a round up."""

    def __init__(self, stop: threading.Event, news: threading.Event) -> None:
        super().__init__(name="alerts", daemon=True)
        self._stop_asked = stop
        self._news = news

    def run(self) -> None:
        telling, sound = Telling(), True
        while not self._stop_asked.is_set():
            if not self._news.wait(min(1.0, timing().watch_every.total_seconds())):
                continue
            self._news.clear()
            try:
                telling.tell()
                sound = True
            except (DatabaseError, InterfaceError) as error:
                connection.close()
                log.warning("Troubles are told later, the database is out of reach: %s", in_a_line(error))
            except Exception:  # one trouble that cannot be told must not keep all later ones quiet
                if sound:
                    log.exception("Telling of troubles stumbled, and is tried again after the next round")
                sound = False
        connection.close()


def tell_now(*, within: timedelta) -> None:
    """Tell once what is to be told, and return when that is done or the time is up."""
    teller = threading.Thread(target=_tell_once, name="alerts", daemon=True)
    teller.start()
    teller.join(within.total_seconds())


def _tell_once() -> None:
    try:
        Telling().tell()
    finally:
        connection.close()
