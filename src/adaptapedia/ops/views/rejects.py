"""What an upstream said that did not get into the catalogue."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adaptapedia.ingest.queries import rejects as rejects_of
from adaptapedia.ingest.queries import rejects_by_reason
from adaptapedia.ops.access import OperatorRequest, operators_only
from adaptapedia.ops.forms import RejectFilter
from adaptapedia.ops.paging import page_before


@require_safe
@operators_only
def rejects(request: OperatorRequest) -> HttpResponse:
    """Filtered by `reason` and `item`, the newest first, from before the reject `before`."""
    wanted = RejectFilter(request.GET)
    reason, item = wanted.asked("reason"), wanted.asked("item")
    reasons = rejects_by_reason()
    return render(
        request,
        "ops/rejects.html",
        {
            "page": page_before(rejects_of(reason=reason, item=item), wanted.asked("before")),
            "reasons": reasons,
            "total": sum(found.count for found in reasons),
            "reason": reason,
            "wanted": wanted,
            "filtered": reason or item,
        },
    )
