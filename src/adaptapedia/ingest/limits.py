"""What a run is about to write or remove, beside what earlier ones had: far from that, a person is asked first.

Nothing has been written by then. With too little history nobody is asked.
"""

from collections.abc import Mapping

from adaptapedia.ingest.models import Sweep, SweepSuspect
from adaptapedia.ingest.sweep import step
from adaptapedia.ingest.vanished import GO_ON, KEEP
from adaptapedia.scheduling.jobs import Ask, Run

WATCHED = ("works", "screen_works", "pairs")
"""What every sweep has whole. People it has only in part: most are read once a week."""
ANSWERS = {GO_ON: "Write it all the same", KEEP: "Write it, and retire nothing"}
EXPIRY_ANSWERS = {GO_ON: "Remove them", KEEP: "Keep them until the next run"}


def stop_where_too_little_was_read(sweep: Sweep, run: Run, read: Mapping[str, int]) -> None:
    """Raises Ask where a sweep has read far less than is usual, unless somebody has said of it how to go on."""
    if sweep.answer:
        return
    bands = {name: run.usual(f"read.{name}") for name in WATCHED}
    told = [
        f"{read[name]:,} {name.replace('_', ' ')} where {band.low:,.0f} to {band.high:,.0f} are usual"
        for name, band in bands.items()
        if band is not None and read[name] < band.low
    ]
    if told:
        with step(sweep):
            sweep.asked_by = run.id
        raise Ask(f"Less was read than in the last runs: {', '.join(told)}.", answers=ANSWERS)


def stop_where_too_much_expires(number: int, run: Run) -> None:
    """Raises Ask where far more titles would go than is usual, unless somebody has said how to go on."""
    band = run.usual("expired")
    if not run.answer and band is not None and number > band.high:
        told = f"{number:,} titles of TMDb's were not refreshed for six months, and would go; {band.high:,.0f} at most"
        raise Ask(f"{told} are usual. TMDb's terms allow to keep none of them.", answers=EXPIRY_ANSWERS)


def keep_suspects(sweep: Sweep) -> None:
    """Let nothing be retired where somebody said so. Within a step."""
    if sweep.answer == KEEP:
        sweep.suspects.exclude(verdict=SweepSuspect.Verdict.STATED).update(verdict=SweepSuspect.Verdict.KEPT)
