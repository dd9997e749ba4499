"""Which title of TMDb a screen work is, where that takes a person: the list, one of them, and deciding it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adaptapedia.accounts.models import User
from adaptapedia.ingest.matching import decisions
from adaptapedia.ingest.matching.facts import facts_of
from adaptapedia.ingest.models import Match
from adaptapedia.ingest.queries import match_counts, next_open_match
from adaptapedia.ingest.queries import matches as matches_of
from adaptapedia.ops.access import OperatorRequest, operators_only
from adaptapedia.ops.forms import MatchFilter
from adaptapedia.ops.paging import page_before

Act = Callable[[Match, str, User], None]

ACTS: dict[str, Act] = {
    "accept": lambda match, ref, by: decisions.accept(match, ref, by=by),
    "refuse": lambda match, ref, by: decisions.refuse(match, ref, by=by),
    "none": lambda match, ref, by: decisions.refuse_all(match, by=by),
    "take-back": lambda match, ref, by: decisions.take_back(match),
}


@require_safe
@operators_only
def matches(request: OperatorRequest) -> HttpResponse:
    """Filtered by `state` and `item`, the newest first, from before the match `before`."""
    wanted = MatchFilter(request.GET)
    state, item = wanted.asked("state"), wanted.asked("item")
    counts = match_counts()
    return render(
        request,
        "ops/matches.html",
        {
            "page": page_before(matches_of(state=state, item=item), wanted.asked("before")),
            "counts": counts,
            "total": sum(counts.by_state.values()),
            "states": [(value, label, counts.by_state.get(value, 0)) for value, label in Match.State.choices],
            "state": state,
            "wanted": wanted,
            "filtered": state or item,
        },
    )


@require_safe
@operators_only
def match(request: OperatorRequest, match_id: int) -> HttpResponse:
    """One match: our facts beside every candidate."""
    return _shown(request, match_id, "ops/match.html")


@require_POST
@operators_only
def decide(request: OperatorRequest, match_id: int) -> HttpResponse:
    """Accept (`act` accept) or refuse a candidate (`ref`), refuse all (none), or take a decision back.

    htmx gets the match as it stands then, others its page.
    """
    found = get_object_or_404(Match, pk=match_id)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return HttpResponse(_("There is no such decision."), status=400, content_type="text/plain")
    try:
        act(found, request.POST.get("ref", ""), request.user)
    except (decisions.NoSuchCandidate, decisions.NotDecided):
        messages.error(request, _("Nothing was decided: the match has changed meanwhile."))
    if request.htmx:
        return _shown(request, match_id, "ops/parts/match.html")
    return redirect("ops:match", match_id)


def _shown(request: OperatorRequest, match_id: int, template: str) -> HttpResponse:
    found = get_object_or_404(matches_of(), pk=match_id)
    facts = next(iter(facts_of([found.screen_work_id])), None)
    context = {"match": found, "facts": facts, "next": next_open_match(found), "counts": match_counts()}
    return render(request, template, context)
