"""Reads of what ingestion knows."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from adaptapedia.ingest.models import Reject


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
