"""For machines: is the process there, and can it do its work?"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from adaptapedia.ops.legs import Leg, State, legs

WORDS = {State.WELL: "ok", State.DEGRADED: "degraded", State.DOWN: "unavailable"}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nobody else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and cache are there, else 503; a lost broker or silent beat is only "degraded".

    Open to everybody, so a leg says its state and the time it took, never an address or an error's text.
    """
    parts = legs()
    worst = max((leg.state for leg in parts), key=list(State).index)
    status = 503 if worst is State.DOWN else 200
    return JsonResponse({"status": WORDS[worst], "legs": {leg.name: _leg(leg) for leg in parts}}, status=status)


def _leg(leg: Leg) -> dict[str, str | float]:
    state: dict[str, str | float] = {"status": WORDS[leg.state]}
    return state if leg.milliseconds is None else {**state, "ms": leg.milliseconds}
