"""The second factor: codes of an authenticator app, and the recovery codes that stand in for it."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext_lazy

from adaptapedia.accounts.models import User


def has_second_factor(user: User) -> bool:
    """Whether signing in takes a code as well as the password."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def must_have_second_factor(user: User) -> bool:
    """Whether this person's pages stay closed without one: operators, on every installation but the embedded."""
    return settings.OPERATORS_NEED_SECOND_FACTOR and user.may_operate


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names the account by its user name in the app, and keeps the factor of those who must have one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is not right, or has been used. The app shows another every 30 seconds."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Recovery codes stand in for the app: set that up first."),
        "cannot_delete_authenticator": gettext_lazy("Moderators and administrators must have one on this site."),
    }

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not must_have_second_factor(authenticator.user)
