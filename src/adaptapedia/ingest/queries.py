"""Reads of what ingestion knows."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from adaptapedia.ingest.models import Match, Reject


@dataclass(frozen=True, slots=True)
class ReasonCount:
    reason: str
    label: str
    count: int


def rejects(*, reason: str | None = None, item: int | None = None) -> QuerySet[Reject]:
    """Rejects, the newest first; of one reason, or those in which one item of Wikidata (42 is Q42) has a part."""
    found = Reject.objects.order_by("-id")
    if reason is not None:
        found = found.filter(reason=reason)
    if item is not None:
        qid = f"Q{item}"
        of_item = Q(key__startswith=f"{qid}>") | Q(key__endswith=f">{qid}") | Q(key__startswith=f"{qid}#")
        found = found.filter(Q(key=qid) | of_item)
    return found


def rejects_by_reason() -> list[ReasonCount]:
    """How many rejects each reason has, the most frequent first."""
    counted = Reject.objects.order_by().values_list("reason").annotate(count=Count("id")).order_by("-count", "reason")
    labels = {str(value): str(label) for value, label in Reject.Reason.choices}
    return [ReasonCount(reason, labels.get(reason, reason), count) for reason, count in counted]


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """How many matches stand how, and how many of them a person has decided."""

    by_state: dict[str, int]
    decided: int

    @property
    def open(self) -> int:
        return self.by_state.get(Match.State.OPEN, 0)


def matches(*, state: str | None = None, item: int | None = None) -> QuerySet[Match]:
    """Matches with their screen works, the newest first; of one state, or that of one item of Wikidata."""
    found = Match.objects.select_related("screen_work", "decided_by").order_by("-id")
    if state is not None:
        found = found.filter(state=state)
    return found if item is None else found.filter(screen_work__wikidata_id=item)


def match_counts() -> MatchCounts:
    """In one statement."""
    rows = Match.objects.order_by().values_list("state").annotate(Count("id"), Count("decided_at"))
    counted = [(state, number, decided) for state, number, decided in rows]
    return MatchCounts({state: number for state, number, _ in counted}, sum(decided for *_, decided in counted))


def open_matches() -> int:
    """How many matches wait for a person."""
    return Match.objects.filter(state=Match.State.OPEN).count()


def next_open_match(match: Match) -> Match | None:
    """Whichever waits below this one in the list, else at its top."""
    waiting = Match.objects.filter(state=Match.State.OPEN).exclude(pk=match.pk).order_by("-id")
    return waiting.filter(pk__lt=match.pk).first() or waiting.first()
