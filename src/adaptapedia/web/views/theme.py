"""Day, night, or as the system wishes: remembered in a cookie that the base template reads, so nothing flashes."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

THEMES = {"light", "dark", "system"}
ONE_YEAR = 365 * 24 * 3600


@csrf_exempt  # a token would make every public page personal; all a forger gains is the wrong lamp
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice and go back to where it was made."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(_("The theme is light, dark or system."))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if theme == "system":
        response.delete_cookie("theme", samesite="Lax")
    else:
        response.set_cookie("theme", theme, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response
