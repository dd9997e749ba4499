"""Titles that were read by a number which somebody else gave: weighed before anything of them is kept."""

from collections.abc import Sequence

from adaptapedia.catalogue.models import ScreenExternalId
from adaptapedia.ingest.matching.decisions import record_verdicts
from adaptapedia.ingest.matching.facts import MATCHER, PERSON, SCHEMES, facts_of, ref_of
from adaptapedia.ingest.matching.finding import judge
from adaptapedia.ingest.models import Match
from adaptapedia.sources.tmdb.records import Title, TitleRef


def contradicted(titles: Sequence[tuple[int, Title]], *, run_id: int) -> set[int]:
    """The screen works, of these with the titles that their numbers lead to, that all else says are something else.

    What comes of the weighing is recorded, so that people see it and may decide; what was taken is not weighed again.
    What a person gave is taken as it is. In the caller's transaction.
    """
    given = _given_by_others({key: title.ref for key, title in titles})
    if not given:
        return set()
    # What TMDb itself said before of who made it, by this number perhaps, does not speak for the number.
    facts = {told.screen_work_id: told for told in facts_of(sorted(given), but_of=[MATCHER])}
    verdicts = [judge(facts[key], title) for key, title in titles if key in facts]
    record_verdicts(verdicts, run_id=run_id)
    refused = {key for key, title in titles if key in facts and title.ref in facts[key].refused}
    return refused | {verdict.facts.screen_work_id for verdict in verdicts if verdict.outcome == "review"}


def _given_by_others(refs: dict[int, TitleRef]) -> set[int]:
    """Those whose number is neither a person's nor a finding of ours, and has not been taken before."""
    ids = ScreenExternalId.objects.filter(screen_work__in=refs, scheme__in=SCHEMES.values())
    rows = ids.exclude(source__in=(PERSON, MATCHER)).values_list("screen_work", "scheme", "value")
    given = {(key, scheme, value) for key, scheme, value in rows}
    taken = Match.objects.filter(screen_work__in=refs, state=Match.State.ACCEPTED).values_list("screen_work", "ref")
    known = {(key, ref_of(ref)) for key, ref in taken}
    return {
        key
        for key, ref in refs.items()
        if (key, str(SCHEMES[ref.kind]), str(ref.tmdb_id)) in given and (key, ref) not in known
    }
