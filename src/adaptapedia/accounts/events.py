"""What follows from what happens to an account: whoever had a foot in the door loses it."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from adaptapedia.accounts.models import User, became_operator
from adaptapedia.accounts.sessions import end_sessions
from adaptapedia.accounts.tokens import revoke_tokens


def connect() -> None:
    """Once, when the application is ready."""
    for signal in (password_changed, password_set, password_reset):
        signal.connect(leave_this_session_alone)
    authenticator_added.connect(leave_sessions_with_the_factor)
    user_logged_out.connect(forget_session)
    became_operator.connect(leave_no_program)


def leave_this_session_alone(request: HttpRequest, user: User, **_: Any) -> None:
    """After a new password every other session and every program has to sign in anew."""
    end_sessions(user, except_key=request.session.session_key)
    revoke_tokens(user)


def leave_sessions_with_the_factor(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Sessions and tokens from before the second factor were got without it."""
    if authenticator.type == Authenticator.Type.TOTP:
        end_sessions(user, except_key=request.session.session_key)
        revoke_tokens(user)


def leave_no_program(user: User, **_: Any) -> None:
    """Tokens got as a reader do not speak for an operator."""
    revoke_tokens(user)


def forget_session(request: HttpRequest | None, **_: Any) -> None:
    """A session that is signed out of leaves the list at once."""
    if request is not None and request.session.session_key:
        UserSession.objects.filter(session_key=request.session.session_key).delete()
