"""What upstreams say otherwise than people have written, and what is to become of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adaptapedia.ingest.differences import differences as differences_that
from adaptapedia.ingest.differences import keep_ours, rows_of, take_theirs
from adaptapedia.ingest.models import Difference
from adaptapedia.ops.access import OperatorRequest, operators_only
from adaptapedia.ops.forms import DecisionForm, DifferenceFilter
from adaptapedia.ops.paging import page_before


@require_safe
@operators_only
def differences(request: OperatorRequest) -> HttpResponse:
    """Those that wait, or with `kept` those where ours was kept; the newest first, from before the one `before`."""
    wanted = DifferenceFilter(request.GET)
    kept = bool(wanted.asked("kept"))
    page = page_before(differences_that(kept=kept), wanted.asked("before"))
    about = rows_of(page.rows)
    shown = [(difference, about.get(difference.pk)) for difference in page.rows]
    return render(request, "ops/differences.html", {"page": page, "shown": shown, "kept": kept})


@require_POST
@operators_only
def settle(request: OperatorRequest, difference_id: int) -> HttpResponse:
    """Keep ours, or take theirs: what they said when the page was shown, or nothing is done."""
    difference = get_object_or_404(Difference, pk=difference_id)
    asked = DecisionForm(request.POST)
    if not asked.is_valid():
        return HttpResponse(_("Say what is to be kept: ours or theirs."), status=422, content_type="text/plain")
    difference.theirs = asked.cleaned_data["theirs"]
    done = keep_ours(difference, by=request.user) if asked.cleaned_data["keep"] == "ours" else take_theirs(difference)
    if not done:
        messages.warning(request, _("The upstream says something else by now. Look at it once more."))
    return redirect("ops:differences")
