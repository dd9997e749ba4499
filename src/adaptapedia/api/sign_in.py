"""Signing in for tokens: name or e-mail address, password, and the second factor where there is one."""

from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email, filter_users_by_username
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from adaptapedia.accounts.models import User
from adaptapedia.accounts.second_factor import has_second_factor, must_have_second_factor
from adaptapedia.api import limits, problems
from adaptapedia.api.problems import Problem


def sign_in(request: HttpRequest, *, name: str, password: str, code: str) -> User:
    """Whoever has this name or address and proves it. Raises Problem, saying as little as it can to strangers.

    Attempts count against the account before they are looked at, and are given back when they succeed, so
    that any number of them at once are no more than the limit.
    """
    accounts = _accounts(name)
    for account in accounts:
        spent = limits.spend(limits.guesses(), account)
        if spent.exceeded:
            raise spent.refusal()
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        detail = _("No active account has this name or e-mail address with this password.")
        raise Problem(problems.SIGN_IN_FAILED, detail)
    _check_address(user)
    _check_second_factor(user, code)
    for account in accounts:
        limits.spend(limits.guesses(), account, cost=-1)
    return user


def _accounts(name: str) -> list[str]:
    """What an attempt counts against: the account, whether its name or its address was given; else what was given.

    Until one of them has verified it, several accounts may have the same address.
    """
    users = [*filter_users_by_username(name), *filter_users_by_email(name)]
    return [f"account {pk}" for pk in sorted({user.pk for user in users})] or [name.casefold()]


def _check_address(user: User) -> None:
    addresses = EmailAddress.objects.filter(user=user)
    vouched_for = user.may_operate or not (user.email or addresses.exists())  # an operator made or named them
    if vouched_for or addresses.filter(verified=True).exists():
        return
    detail = _("The e-mail address of this account has not been confirmed. Follow the link in the e-mail we sent.")
    raise Problem(problems.EMAIL_UNVERIFIED, detail)


def _check_second_factor(user: User, code: str) -> None:
    if not has_second_factor(user):
        if must_have_second_factor(user):
            detail = _("Accounts of this role need an authenticator app here. Set one up on the site first.")
            raise Problem(problems.FORBIDDEN, detail)
        return
    if not code:
        detail = _("This account needs a code of its authenticator app, or a recovery code, in the field otp.")
        raise Problem(problems.CODE_REQUIRED, detail)
    with transaction.atomic():  # a recovery code is used up under a lock
        authenticators = Authenticator.objects.filter(
            user=user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
        )
        right = any(authenticator.wrap().validate_code(code) for authenticator in authenticators)
    if not right:
        raise Problem(problems.CODE_REQUIRED, _("This code is wrong, or has been used. Send the current one."))
