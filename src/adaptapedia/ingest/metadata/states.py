"""When each title or work was last asked for, and what became of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from adaptapedia.ingest.metadata.rejects import Problem, Told, keep_rejects
from adaptapedia.ingest.metadata.rows import ROW_VERSION
from adaptapedia.ingest.models import SourceState
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import stage
from adaptapedia.sources.errors import NotFound, SourceError
from adaptapedia.sources.tmdb.records import TitleRef

Outcome = SourceState.Outcome


class Asked(NamedTuple):
    """One question and its end. `etag` counts where it was answered."""

    key: str
    outcome: str
    etag: str = ""
    problems: Sequence[Problem] | None = None
    """See `rejects.Told`; what is gone has none."""
    fault: SourceError | None = None


def key_of_title(ref: TitleRef) -> str:
    return f"{ref.kind}/{ref.tmdb_id}"


def key_of_screen_work(screen_work_id: int) -> str:
    """Of one that TMDb has not been found to have."""
    return f"screen/{screen_work_id}"


def unanswered(error: SourceError) -> SourceError | None:
    """What went wrong; that something is not there is an answer."""
    return None if isinstance(error, NotFound) else error


def keep_states(asked: Iterable[Asked], *, origin: Origin) -> None:
    """Note that these were asked for at the origin's time, and what cannot be used of the answers.

    In the caller's transaction; of a key the last counts.
    """
    by_key = {question.key: question for question in asked}
    # In one order everywhere, so that two runs do not wait for each other in a circle.
    last = [by_key[key] for key in sorted(by_key)]
    stage("stage_source_state", ("key", "outcome", "etag"), (question[:3] for question in last))
    execute(statement("metadata_states"), {**origin.parameters, "version": ROW_VERSION})
    keep_rejects([_told(question) for question in last], origin=origin)


def _told(asked: Asked) -> Told:
    return Told(asked.key, () if asked.outcome == Outcome.GONE else asked.problems, asked.fault)
