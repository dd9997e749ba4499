"""When each title or work was last asked for, and what became of it."""

from collections.abc import Iterable
from typing import NamedTuple

from adaptapedia.ingest.models import SourceState
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import stage
from adaptapedia.sources.tmdb.records import TitleRef

Outcome = SourceState.Outcome


class Asked(NamedTuple):
    """One question and its end. `etag` counts where it was answered."""

    key: str
    outcome: str
    etag: str = ""


def key_of_title(ref: TitleRef) -> str:
    return f"{ref.kind}/{ref.tmdb_id}"


def key_of_screen_work(screen_work_id: int) -> str:
    """Of one that TMDb has not been found to have."""
    return f"screen/{screen_work_id}"


def keep_states(asked: Iterable[Asked], *, origin: Origin) -> None:
    """Note that these were asked for at the origin's time. In the caller's transaction; of a key the last counts."""
    last = {question.key: question for question in asked}
    # In one order everywhere, so that two runs do not wait for each other in a circle.
    stage("stage_source_state", Asked._fields, (last[key] for key in sorted(last)))
    execute(statement("metadata_states"), origin.parameters)
