"""What administrators do to somebody's account: its owner is told, by e-mail."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from adaptapedia.accounts.letters import MailNotSent
from adaptapedia.accounts.models import User


def tell(request: HttpRequest, user: User, template: str, *, to: str | None = None, **context: Any) -> None:
    """Send one of the notifications, once what it tells of is committed. It says nothing of where it came from."""
    told = {**context, "by_administrator": True}
    transaction.on_commit(lambda: get_adapter(request).send_notification_mail(template, user, told, email=to))


def address_is_taken(email: str, *, by_another_than: User) -> bool:
    """Whether another account has this address, and has confirmed it."""
    return (
        bool(email) and EmailAddress.objects.filter(email=email, verified=True).exclude(user=by_another_than).exists()
    )


def replace_address(request: HttpRequest, user: User, *, before: str) -> None:
    """Make `user.email` the only address of the account, to be confirmed by its owner; both addresses are written to.

    An administrator who mistypes an address gives the account to nobody: it opens nothing before it is confirmed.
    """
    with transaction.atomic():
        EmailAddress.objects.filter(user=user).delete()
        if user.email:
            address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
            transaction.on_commit(lambda: _ask_to_confirm(request, address))
    if before:
        changed = {"from_email": before, "to_email": user.email or _("none")}
        tell(request, user, "account/email/email_changed", to=before, **changed)


def _ask_to_confirm(request: HttpRequest, address: EmailAddress) -> None:
    try:
        address.send_confirmation(request)
    except MailNotSent:
        messages.warning(request, _("The e-mail that asks to confirm the address could not be sent."))
