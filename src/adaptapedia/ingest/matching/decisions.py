"""What is kept of a matching, and what people decide about it. A person's word stands for good.

What TMDb told of a title that is not taken any more goes in the transaction that says so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import ScreenExternalId, ScreenWork
from adaptapedia.ingest.changes import Lists
from adaptapedia.ingest.matching.facts import MATCHER, PERSON, SCHEMES, ref_of
from adaptapedia.ingest.matching.records import Candidate, Verdict
from adaptapedia.ingest.merging import SCREEN_WORK, lock_catalogue, standing
from adaptapedia.ingest.metadata.removing import untie_titles
from adaptapedia.ingest.models import Match
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.staging import stage
from adaptapedia.sources.tmdb.records import TitleRef

_FOUND = ("state", "ref", "score", "evidence", "candidates", "run_id", "found_at", "decided_by", "decided_at")
_COMPARED = ("state", "ref", "score", "evidence", "candidates")
_STATES = {"accepted": Match.State.ACCEPTED, "review": Match.State.OPEN}
_LISTS = Lists(
    "external_ids", SCREEN_WORK.external_ids, SCREEN_WORK.owner, SCREEN_WORK.table, "stage_matched", join="id"
)
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

    What a person has decided stays as it is, also where they did so while the title was looked for, and external ids
    that a person has locked are not written. What was told by a number that is not taken any more goes. A verdict that
    says what stands already writes nothing.
    """
    lock_catalogue()
    latest = {verdict.facts.screen_work_id: verdict for verdict in verdicts}
    known = Match.objects.select_for_update().in_bulk(latest, field_name="screen_work_id")
    there = standing(SCREEN_WORK, latest)
    open_to_us = [
        left
        for key, verdict in latest.items()
        if key in there and (left := _without_decided(verdict, known.get(key))) is not None
    ]
    _keep(open_to_us, known, run_id=run_id)
    _write_ids(open_to_us, origin=Origin(MATCHER, run_id, timezone.now()))
    untie_titles(there, run_id=run_id)


@transaction.atomic
def forget_findings(run_id: int) -> int:
    """Let go what a run found and nobody has decided about; how many matches that was. What was refused stays so."""
    found = Match.objects.select_for_update().filter(run_id=run_id, decided_at=None)
    for match in found.exclude(refused=[]):
        match.state, match.ref, match.score, match.evidence, match.run_id = Match.State.REFUSED, "", 0.0, {}, None
        match.candidates = [one for one in match.candidates if one["ref"] in match.refused]
        match.save()
    forgotten, _ = Match.objects.filter(run_id=run_id, decided_at=None).delete()
    return forgotten


def drop_decided(screen_work_ids: Collection[int]) -> None:
    """Take from lists of ids that were put back what a person has decided against meanwhile."""
    for match in Match.objects.filter(screen_work__in=screen_work_ids).exclude(decided_at=None, refused=[]):
        ids, refused = _ids(match).filter(source=MATCHER), [ref_of(ref) for ref in match.refused]
        if _is_final(match):
            ids.delete()
        for title in filter(None, refused):
            ids.filter(_is(title)).delete()


@transaction.atomic
def join_matches(screen_work_id: int, *, into: int) -> None:
    """Of the matches of two screen works that are one, leave the one that stands: that which a person has decided.

    What was refused of either is refused; ids that the other match gave go. The first screen work is about to go, and
    what is left of its rows to move.
    """
    found = Match.objects.select_for_update().in_bulk([screen_work_id, into], field_name="screen_work_id")
    if len(found) < 2:
        return
    stands, goes = found[into], found[screen_work_id]
    if _weight(goes) > _weight(stands):
        stands, goes = goes, stands
    _give_back(goes)
    goes.delete()
    refused = {*stands.refused, *goes.refused}
    if stands.state == Match.State.ACCEPTED and stands.decided_at:
        refused.discard(stands.ref)
    _refuse_also(stands, sorted(refused))
    untie_titles([screen_work_id, into], run_id=None)


@transaction.atomic
def accept(match: Match, ref: str, *, by: User) -> None:
    """Take one of the candidates: it becomes the screen work's id. Raises NoSuchCandidate."""
    match = _locked(match)
    title = _candidate(match, ref)
    _give_back(match)
    there = ScreenExternalId.objects.filter(_is(title), screen_work=match.screen_work_id).first()
    ScreenExternalId.objects.update_or_create(
        screen_work_id=match.screen_work_id,
        scheme=SCHEMES[title.kind],
        value=str(title.tmdb_id),
        defaults={"source": PERSON},
    )
    refused = [other for other in match.refused if other != ref]
    taken_from = there.source if there else ""
    _decide(match, Match.State.ACCEPTED, by=by, ref=ref, refused=refused, taken_from=taken_from)
    _untie(match)


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
    if not _propose_next(match, refused):
        _decide(match, Match.State.REFUSED, by=by, ref="", refused=refused)
    _untie(match)


@transaction.atomic
def refuse_all(match: Match, *, by: User) -> None:
    """Say that TMDb has no such title: nothing is proposed any more."""
    match = _locked(match)
    _give_back(match)
    refused = sorted({*match.refused, *(one["ref"] for one in match.candidates)})
    _decide(match, Match.State.NONE, by=by, ref="", refused=refused)
    _untie(match)


@transaction.atomic
def take_back(match: Match) -> None:
    """Undo what was decided: the match waits again, nothing is refused, the id that it gave goes. Raises NotDecided."""
    match = _locked(match)
    if match.decided_at is None and not match.refused:
        raise NotDecided
    _give_back(match)
    best = match.candidates[0]["ref"] if match.candidates else ""
    Match.objects.filter(pk=match.pk).update(
        state=Match.State.OPEN, ref=best, refused=[], taken_from="", decided_by=None, decided_at=None
    )
    _untie(match)


def _without_decided(verdict: Verdict, match: Match | None) -> Verdict | None:
    """The verdict without candidates that a person has refused since; None where it is not for us to say any more."""
    if match is None:
        return verdict
    if _is_final(match) or (verdict.ref is not None and _written(verdict.ref) in match.refused):
        return None
    left = tuple(one for one in verdict.candidates if _written(one.ref) not in match.refused)
    return replace(verdict, candidates=left)


def _propose_next(match: Match, refused: Sequence[str]) -> bool:
    """Let the best candidate that is not refused wait; whether there is one."""
    left = [one["ref"] for one in match.candidates if one["ref"] not in refused]
    if left:
        Match.objects.filter(pk=match.pk).update(
            state=Match.State.OPEN, ref=left[0], refused=refused, taken_from="", decided_by=None, decided_at=None
        )
    return bool(left)


def _refuse_also(match: Match, refused: Sequence[str]) -> None:
    """Add to what is refused; what stands refused by that gives up its id, and the next candidate waits."""
    if match.ref not in refused:
        Match.objects.filter(pk=match.pk).update(refused=refused)
        return
    _give_back(match)
    if not _propose_next(match, refused):
        Match.objects.filter(pk=match.pk).update(state=Match.State.REFUSED, ref="", refused=refused)


def _weight(match: Match) -> tuple[bool, bool, bool]:
    """Which of two matches stands: one that a person has decided for good, then one they have said something of."""
    by_a_person = match.decided_at is not None or bool(match.refused)
    return (_is_final(match), by_a_person, not by_a_person and match.state == Match.State.ACCEPTED)


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
    """Take away the ids that this match gave: a person's word about its title, and whatever the matching found.

    What was Wikidata's, or a person's before, is their word again. Locked ids stay as they are.
    """
    if match.state == Match.State.ACCEPTED and match.decided_at and (title := ref_of(match.ref)):
        own = _ids(match).filter(_is(title), source=PERSON)
        if match.taken_from:
            own.update(source=match.taken_from)
        else:
            own.delete()
    _ids(match).filter(source=MATCHER).delete()


def _untie(match: Match) -> None:
    """What was told of the screen work by a number that the decision takes away goes at once."""
    untie_titles([match.screen_work_id], run_id=None)


def _ids(match: Match) -> QuerySet[ScreenExternalId]:
    """The ids of titles that a match may take away: none where a person has locked them."""
    ids = ScreenExternalId.objects.filter(screen_work=match.screen_work_id, scheme__in=SCHEMES.values())
    return ids.exclude(screen_work__locks__has_key="external_ids")


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


def _write_ids(verdicts: Sequence[Verdict], *, origin: Origin) -> None:
    """The ids of what was accepted, in place of those that an earlier matching gave. Logged as lists of the entries."""
    keys = [verdict.facts.screen_work_id for verdict in verdicts]
    free = _without_lock(keys)
    taken = {
        (verdict.facts.screen_work_id, str(SCHEMES[verdict.ref.kind]), str(verdict.ref.tmdb_id))
        for verdict in verdicts
        if verdict.outcome == "accepted" and verdict.ref and verdict.facts.screen_work_id in free
    }
    stage(_LISTS.stage_entry, ("id",), ((key,) for key in free), types={"id": "bigint"})
    _LISTS.take_images()
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
    _LISTS.log_changes(origin)


def _without_lock(keys: Collection[int]) -> set[int]:
    """Those whose external ids no person has locked."""
    entries = ScreenWork.objects.filter(pk__in=keys).exclude(locks__has_key="external_ids")
    return set(entries.values_list("pk", flat=True))
