"""External ids that several entries claim: kept as they are, and listed for review."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.queries import external_id_clashes
from adaptapedia.ops.access import OperatorRequest, operators_only

SHOWN = 200


@require_safe
@operators_only
def clashes(request: OperatorRequest) -> HttpResponse:
    """The first two hundred; more of them are a fault upstream that is not mended one by one."""
    found = external_id_clashes(limit=SHOWN + 1)
    return render(request, "ops/clashes.html", {"clashes": found[:SHOWN], "more": len(found) > SHOWN})
