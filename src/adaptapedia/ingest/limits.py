"""What a run is about to write, beside what earlier ones had: far from that, a person is asked first. What is about
to be removed because it must be, nobody is asked about; people are told before.

Where somebody is asked nothing has been written by then. With too little history nobody is asked.
"""

from collections.abc import Mapping

from adaptapedia.ingest.metadata.refresh import FEW
from adaptapedia.ingest.models import Sweep, SweepSuspect
from adaptapedia.ingest.sweep import step
from adaptapedia.ingest.vanished import BREAKER, GO_ON, KEEP
from adaptapedia.scheduling.jobs import Ask, Run

WATCHED = ("works", "screen_works", "pairs")
"""What every sweep has whole. People it has only in part: most are read once a week."""
ANSWERS = {GO_ON: "Write it all the same", KEEP: "Write it, and retire nothing"}


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


def warn_where_much_is_about_to_expire(number: int, run: Run, *, of: int, days: int) -> None:
    """Make the run suspicious where more than a few of the titles go within so many days, unless they are refreshed."""
    if number > max(FEW, of * BREAKER):
        run.suspect(
            f"{number:,} of {of:,} titles of TMDb's have not been refreshed for long, and go within {days} days: "
            "is TMDB_API_KEY set, and do the refreshes succeed?"
        )


def keep_suspects(sweep: Sweep) -> None:
    """Let nothing be retired where somebody said so. Within a step."""
    if sweep.answer == KEEP:
        sweep.suspects.exclude(verdict=SweepSuspect.Verdict.STATED).update(verdict=SweepSuspect.Verdict.KEPT)
