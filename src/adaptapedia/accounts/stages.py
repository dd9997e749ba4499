"""What stands between a right password and being signed in."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage

from adaptapedia.accounts.models import User


class AddressVerified(EmailVerificationStage):  # type: ignore[misc]
    """The address must be verified, except where an operator vouches for the person.

    Whoever signs up gives an address. An account without one was made by an operator, as the first
    administrator is, and a moderator or administrator was named by one: mail must not shut them out.
    """

    def handle(self) -> tuple[Any, bool]:
        user: User | None = self.login.user
        if user is not None and not self.login.signup and (user.may_operate or _has_no_address(user)):
            return None, True
        response, go_on = super().handle()
        return response, go_on


def _has_no_address(user: User) -> bool:
    return not user.email and not EmailAddress.objects.filter(user=user).exists()
