"""What is kept of a matching, and what people decide about it. A person's word stands for good."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import ScreenExternalId, ScreenWork
from adaptapedia.ingest.matching.facts import MATCHER, PERSON, SCHEMES, ref_of
from adaptapedia.ingest.matching.records import Candidate, Verdict
from adaptapedia.ingest.merging import SCREEN_WORK, lock_catalogue, standing
from adaptapedia.ingest.models import Match
from adaptapedia.sources.tmdb.records import TitleRef

_FOUND = ("state", "ref", "score", "evidence", "candidates", "run_id", "found_at", "decided_by", "decided_at")
_COMPARED = ("state", "ref", "score", "evidence", "candidates")
_STATES = {"accepted": Match.State.ACCEPTED, "review": Match.State.OPEN}
_FINAL = {Match.State.ACCEPTED, Match.State.NONE}
"""What a person has decided once and for all. Where all was refused, something else may still be found."""


class NoSuchCandidate(Exception):
    """The match has no such title to decide about."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"{ref!r} is not among the candidates")
        self.ref = ref


class NotDecided(Exception):
    """There is no decision to take back."""


@transaction.atomic
def record_verdicts(verdicts: Sequence[Verdict], *, run_id: int) -> None:
    """Keep what was found, in one transaction: accepted titles become external ids, doubtful ones wait for a person.

    What a person has decided stays as it is, and external ids that a person has locked are not written. A
    verdict that says what stands already writes nothing.
    """
    lock_catalogue()
    latest = {verdict.facts.screen_work_id: verdict for verdict in verdicts}
    known = Match.objects.select_for_update().in_bulk(latest, field_name="screen_work_id")
    there = standing(SCREEN_WORK, latest)
    open_to_us = [
        verdict for key, verdict in latest.items() if key in there and not (key in known and _is_final(known[key]))
    ]
    _keep(open_to_us, known, run_id=run_id)
    _write_ids(open_to_us)


@transaction.atomic
def accept(match: Match, ref: str, *, by: User) -> None:
    """Take one of the candidates: it becomes the screen work's id. Raises NoSuchCandidate."""
    match = _locked(match)
    title = _candidate(match, ref)
    _give_back(match)
    there = _ids(match).filter(_is(title)).first()
    ScreenExternalId.objects.update_or_create(
        screen_work_id=match.screen_work_id,
        scheme=SCHEMES[title.kind],
        value=str(title.tmdb_id),
        defaults={"source": PERSON},
    )
    refused = [other for other in match.refused if other != ref]
    taken_from = there.source if there else ""
    _decide(match, Match.State.ACCEPTED, by=by, ref=ref, refused=refused, taken_from=taken_from)


@transaction.atomic
def refuse(match: Match, ref: str, *, by: User) -> None:
    """Say that one of the candidates is not it: it is never proposed again. Raises NoSuchCandidate.

    The others go on waiting; with the last of them the match is refused, until something else is found.
    """
    match = _locked(match)
    title = _candidate(match, ref)
    if match.ref == ref:
        _give_back(match)
    _ids(match).filter(_is(title), source=MATCHER).delete()
    refused = sorted({*match.refused, ref})
    left = [one["ref"] for one in match.candidates if one["ref"] not in refused]
    if left:
        Match.objects.filter(pk=match.pk).update(
            state=Match.State.OPEN, ref=left[0], refused=refused, taken_from="", decided_by=None, decided_at=None
        )
    else:
        _decide(match, Match.State.REFUSED, by=by, ref="", refused=refused)


@transaction.atomic
def refuse_all(match: Match, *, by: User) -> None:
    """Say that TMDb has no such title: nothing is proposed any more."""
    match = _locked(match)
    _give_back(match)
    refused = sorted({*match.refused, *(one["ref"] for one in match.candidates)})
    _decide(match, Match.State.NONE, by=by, ref="", refused=refused)


@transaction.atomic
def take_back(match: Match) -> None:
    """Undo what was decided: the match waits again, nothing is refused, the person's id goes. Raises NotDecided."""
    match = _locked(match)
    if match.decided_at is None and not match.refused:
        raise NotDecided
    _give_back(match)
    best = match.candidates[0]["ref"] if match.candidates else ""
    Match.objects.filter(pk=match.pk).update(
        state=Match.State.OPEN, ref=best, refused=[], taken_from="", decided_by=None, decided_at=None
    )


def _is_final(match: Match) -> bool:
    return match.decided_at is not None and match.state in _FINAL


def _locked(match: Match) -> Match:
    return Match.objects.select_for_update().get(pk=match.pk)


def _candidate(match: Match, ref: str) -> TitleRef:
    title = ref_of(ref)
    if title is None or ref not in {one["ref"] for one in match.candidates}:
        raise NoSuchCandidate(ref)
    return title


def _decide(
    match: Match, state: Match.State, *, by: User, ref: str, refused: Sequence[str], taken_from: str = ""
) -> None:
    told = {"state": state, "ref": ref, "refused": refused, "taken_from": taken_from}
    Match.objects.filter(pk=match.pk).update(**told, decided_by=by, decided_at=timezone.now())


def _give_back(match: Match) -> None:
    """Take away the ids of titles that a matching or a person gave; what was Wikidata's is Wikidata's word again."""
    if match.taken_from and (title := ref_of(match.ref)):
        _ids(match).filter(_is(title), source=PERSON).update(source=match.taken_from)
    _ids(match).filter(source__in=(MATCHER, PERSON)).delete()


def _ids(match: Match) -> QuerySet[ScreenExternalId]:
    return ScreenExternalId.objects.filter(screen_work=match.screen_work_id, scheme__in=SCHEMES.values())


def _is(title: TitleRef) -> Q:
    return Q(scheme=SCHEMES[title.kind], value=str(title.tmdb_id))


def _keep(verdicts: Iterable[Verdict], known: Mapping[int, Match], *, run_id: int) -> None:
    """Rows of what was found, where it is new or another; where nothing is found any more the row goes."""
    rows, gone = [], []
    for verdict in verdicts:
        old = known.get(verdict.facts.screen_work_id)
        row = _row(verdict, run_id=run_id)
        if row is None:
            gone += [old.pk] if old and not old.refused else []
        elif old is None or any(getattr(old, field) != getattr(row, field) for field in _COMPARED):
            rows.append(row)
    Match.objects.filter(pk__in=gone).delete()
    Match.objects.bulk_create(rows, update_conflicts=True, unique_fields=["screen_work"], update_fields=_FOUND)


def _row(verdict: Verdict, *, run_id: int) -> Match | None:
    if verdict.outcome == "nothing" or verdict.ref is None:
        return None
    return Match(
        screen_work_id=verdict.facts.screen_work_id,
        state=_STATES[verdict.outcome],
        ref=_written(verdict.ref),
        score=round(verdict.score, 4),
        evidence=verdict.evidence,
        candidates=[_told(candidate) for candidate in verdict.candidates],
        run_id=run_id,
        found_at=timezone.now(),
    )


def _told(candidate: Candidate) -> dict[str, Any]:
    """A candidate as JSON keeps it."""
    return {
        "ref": _written(candidate.ref),
        "title": candidate.title,
        "original_title": candidate.original_title,
        "language": candidate.language,
        "year": candidate.year,
        "score": round(candidate.score, 4),
        "parts": [list(part) for part in candidate.parts],
    }


def _written(ref: TitleRef) -> str:
    return f"{ref.kind}/{ref.tmdb_id}"


def _write_ids(verdicts: Sequence[Verdict]) -> None:
    """The ids of what was accepted, in place of those that an earlier matching gave."""
    keys = [verdict.facts.screen_work_id for verdict in verdicts]
    free = _without_lock(keys)
    taken = {
        (verdict.facts.screen_work_id, str(SCHEMES[verdict.ref.kind]), str(verdict.ref.tmdb_id))
        for verdict in verdicts
        if verdict.outcome == "accepted" and verdict.ref and verdict.facts.screen_work_id in free
    }
    earlier = ScreenExternalId.objects.filter(source=MATCHER, scheme__in=SCHEMES.values(), screen_work__in=free)
    stale = [
        pk for pk, *told in earlier.values_list("pk", "screen_work", "scheme", "value") if tuple(told) not in taken
    ]
    ScreenExternalId.objects.filter(pk__in=stale).delete()
    ScreenExternalId.objects.bulk_create(
        (
            ScreenExternalId(screen_work_id=key, scheme=scheme, value=value, source=MATCHER)
            for key, scheme, value in sorted(taken)
        ),
        ignore_conflicts=True,
    )


def _without_lock(keys: Collection[int]) -> set[int]:
    """Those whose external ids no person has locked."""
    entries = ScreenWork.objects.filter(pk__in=keys).exclude(locks__has_key="external_ids")
    return set(entries.values_list("pk", flat=True))
