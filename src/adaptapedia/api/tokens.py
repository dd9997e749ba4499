"""JSON Web Tokens for programs: given out as pairs, refreshed once each, refused when the account says so.

A token is refused when its account is closed, when it was issued before `tokens_valid_from`, when the
password is another one now (it carries a fingerprint of the one that it was issued under), and when the account
must have a second factor and has none. A refresh token
that has been used goes onto the blacklist; one that is revoked is forgotten. So whoever presents a token
from the blacklist shares it with somebody, and every token of the account ends.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from rest_framework_simplejwt import tokens as jwt
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from adaptapedia.accounts.models import User
from adaptapedia.accounts.second_factor import has_second_factor, must_have_second_factor
from adaptapedia.accounts.tokens import revoke_tokens
from adaptapedia.api import problems
from adaptapedia.api.problems import Problem

FINGERPRINT = "password"

log = logging.getLogger(__name__)


class IssuedExactly:
    """Keeps the time of issue to the microsecond, so that a revocation in the same second parts old from new."""

    payload: dict[str, Any]
    current_time: datetime

    def set_iat(self, claim: str = "iat", at_time: datetime | None = None) -> None:
        self.payload[claim] = (at_time or self.current_time).timestamp()


class AccessToken(IssuedExactly, jwt.AccessToken):
    """What a request carries."""


class RefreshToken(IssuedExactly, jwt.RefreshToken):  # type: ignore[misc]
    """What gets the next pair, once."""

    access_token_class = AccessToken

    def check_blacklist(self) -> None:
        """Left to `rotate` and `revoke`, which look under a lock and draw more from it than a refusal."""


AnyToken = TypeVar("AnyToken", AccessToken, RefreshToken)


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token, the refresh token that gets the next one, and for how many seconds the first is valid."""

    access: str
    refresh: str
    expires_in: int


def issue(user: User) -> Pair:
    """A new pair for somebody who has just proved who they are."""
    refresh = RefreshToken()
    refresh["user_id"] = str(user.pk)
    refresh[FINGERPRINT] = _fingerprint(user)
    OutstandingToken.objects.create(
        user=user,
        jti=refresh["jti"],
        token="",  # the database need not know it, and a copy of the database must not open anything
        created_at=refresh.current_time,
        expires_at=refresh.current_time + refresh.lifetime,
    )
    access = refresh.access_token
    return Pair(str(access), str(refresh), int(access.lifetime.total_seconds()))


def owner_of_access(raw: str) -> User:
    """Whom an access token speaks for. Raises Problem when it does not, or no longer."""
    token = _read(AccessToken, raw)
    return _still_valid(token, User.objects.filter(pk=token["user_id"]).first())


def rotate(raw: str) -> Pair:
    """The next pair for a refresh token, which is used up. Raises Problem; when it was used before, all tokens end."""
    token = _read(RefreshToken, raw)
    with transaction.atomic():
        user = _still_valid(token, _held(token))
        unused = _use_up(_outstanding(token))
        pair = issue(user) if unused else None
    return pair or _end_all(user)


def revoke(raw: str) -> None:
    """End one refresh token. Raises Problem as `rotate` does."""
    token = _read(RefreshToken, raw)
    with transaction.atomic():
        user = _still_valid(token, _held(token))
        outstanding = _outstanding(token)
        used = BlacklistedToken.objects.filter(token=outstanding).exists()
        if not used:
            outstanding.delete()
    if used:
        _end_all(user)


def _read(kind: type[AnyToken], raw: str) -> AnyToken:
    try:
        return kind(raw)  # type: ignore[arg-type]
    except ExpiredTokenError as error:
        raise Problem(problems.TOKEN_EXPIRED, _("This token has expired.")) from error
    except TokenError as error:
        wanted = _("an access token") if kind is AccessToken else _("a refresh token")
        detail = _("This is not %(wanted)s of ours.") % {"wanted": wanted}
        raise Problem(problems.TOKEN_INVALID, detail) from error


def _held(token: RefreshToken) -> User | None:
    """The owner's row, held so that a revocation at this very moment comes wholly before or wholly after."""
    return User.objects.select_for_update(no_key=True).filter(pk=token["user_id"]).first()


def _still_valid(token: AccessToken | RefreshToken, user: User | None) -> User:
    if user is None or not user.is_active:
        raise Problem(problems.TOKEN_INVALID, _("The account of this token is closed."))
    revoked = user.tokens_valid_from is not None and token["iat"] < user.tokens_valid_from.timestamp()
    if revoked or not constant_time_compare(str(token.get(FINGERPRINT, "")), _fingerprint(user)):
        detail = _("This token has been revoked, or the password was changed after it was issued. Sign in again.")
        raise Problem(problems.TOKEN_INVALID, detail)
    if must_have_second_factor(user) and not has_second_factor(user):
        detail = _("Accounts of this role need an authenticator app here. Set one up on the site, then sign in again.")
        raise Problem(problems.TOKEN_INVALID, detail)
    return user


def _outstanding(token: RefreshToken) -> OutstandingToken:
    found = OutstandingToken.objects.select_for_update().filter(jti=token["jti"]).first()
    if found is None:
        raise Problem(problems.TOKEN_INVALID, _("This token has been revoked. Sign in again."))
    return found


def _use_up(outstanding: OutstandingToken) -> bool:
    """Whether it was unused until now."""
    _row, unused = BlacklistedToken.objects.get_or_create(token=outstanding)
    return bool(unused)


def _end_all(user: User) -> NoReturn:
    ended = revoke_tokens(user)
    log.warning("A refresh token of account %d was used twice; %d others were ended", user.pk, ended)
    detail = _("This refresh token was used before. Every token of the account has been revoked; sign in again.")
    raise Problem(problems.TOKEN_REUSED, detail)


def _fingerprint(user: User) -> str:
    return salted_hmac("adaptapedia.api.tokens", user.password, algorithm="sha256").hexdigest()[:16]
