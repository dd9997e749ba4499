"""Where a person is signed in, and ending it."""

import re
from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from adaptapedia.accounts.models import User
from adaptapedia.desk.addresses import client_address

NOTED_EVERY = timedelta(minutes=5)
"""A note of each request would write a row for each page."""

# One statement a page, which only looks as long as there is a note of late.
NOTE = """
    INSERT INTO usersessions_usersession (user_id, session_key, ip, user_agent, created_at, last_seen_at, data)
    SELECT %(user)s, %(key)s, %(ip)s::inet, %(agent)s, %(now)s, %(now)s, '{}'
    WHERE NOT EXISTS (
        SELECT FROM usersessions_usersession
        WHERE session_key = %(key)s AND user_id = %(user)s AND last_seen_at > %(lately)s
    )
    ON CONFLICT (session_key) DO UPDATE SET
        user_id = EXCLUDED.user_id, ip = EXCLUDED.ip,
        user_agent = EXCLUDED.user_agent, last_seen_at = EXCLUDED.last_seen_at
"""
LONGEST_AGENT = 200

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox|FxiOS", "Firefox"), ("Chrome|CriOS", "Chrome"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


class NotesSessions:
    """Middleware: writes down, every few minutes, from where a signed-in person's session is used.

    It looks after the page is made, and only where the page looked at the session: it makes no public
    page personal.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.session.accessed and request.session.session_key and isinstance(request.user, User):
            self._note(request, request.user)
        return response

    def _note(self, request: HttpRequest, user: User) -> None:
        now = timezone.now()
        note = {
            "user": user.pk,
            "key": request.session.session_key,
            "ip": client_address(request),
            "agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT],
            "now": now,
            "lately": now - NOTED_EVERY,
        }
        with connection.cursor() as cursor:
            cursor.execute(NOTE, note)


def sessions_of(user: User) -> list[UserSession]:
    """Those that still hold, the last used first."""
    noted = UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk")
    keys = Session.objects.filter(
        session_key__in=[session.session_key for session in noted], expire_date__gt=timezone.now()
    ).values_list("session_key", flat=True)
    alive = set(keys)
    return [session for session in noted if session.session_key in alive]


def end_sessions(user: User, *, except_key: str | None = None, only: int | None = None) -> int:
    """Sign a person out everywhere, except in one session, or only in one of the list. How many ended."""
    noted = UserSession.objects.filter(user=user).exclude(session_key=except_key)
    if only is not None:
        noted = noted.filter(pk=only)
    keys = list(noted.values_list("session_key", flat=True))
    ended, _kinds = Session.objects.filter(session_key__in=keys).delete()
    noted.delete()
    return ended


def device(agent: str) -> str:
    """The browser and the machine in words, as far as they say: "Firefox on Linux"."""
    browser = next((name for sign, name in BROWSERS if re.search(rf"\b({sign})[A-Za-z]*/", agent)), None)
    if browser is None and "Safari/" in agent and "Version/" in agent:
        browser = "Safari"
    system = next((name for sign, name in SYSTEMS if sign in agent), None)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or agent.partition("/")[0].strip()[:40] or _("an unknown device")
