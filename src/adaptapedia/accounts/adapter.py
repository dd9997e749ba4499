"""How allauth behaves in this house: settings.ACCOUNT_ADAPTER."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adaptapedia.accounts.letters import MAIL_FAULTS, MailNotSent, make_letter
from adaptapedia.accounts.models import User
from adaptapedia.desk.addresses import client_address

logger = logging.getLogger(__name__)

TOO_MANY = {"too_many_login_attempts", "rate_limited"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our e-mails, our sentences, and where people go after signing in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("This account has been closed by an administrator."),
        "duplicate_email": gettext_lazy("This is your address already."),
        "email_password_mismatch": gettext_lazy("The address or the password is not right."),
        "username_password_mismatch": gettext_lazy("The user name or the password is not right."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "username_taken": gettext_lazy("Somebody has this name already. Use another name."),
        "unknown_email": gettext_lazy("No account has this address."),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Too many guesses are no fault of a field: they end in a page of their own, with status 429."""
        if code in TOO_MANY:
            raise ImmediateHttpResponse(ratelimit.respond_429(current.request))
        error: ValidationError = super().validation_error(code, *args)
        return error

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: programs have /api/v1/, and a page stays a page whatever a header says."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        return reverse("ops:overview") if isinstance(user, User) and user.may_operate else "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("web:account")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Back to where the address can be used: the account, or the page to sign in."""
        return reverse("web:account" if current.request.user.is_authenticated else "account_login")

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "adaptapedia.accounts.stages.AddressVerified"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """An address that is not verified may go; the one in use is replaced, never removed."""
        return not email_address.primary

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises MailNotSent when the mail server does not take it."""
        request = current.request
        letter = make_letter(template_prefix, to=email, sender=self.get_from_email(), context=context, request=request)
        try:
            letter.send()
        except MAIL_FAULTS as error:
            # The next try is not to be held back as a repetition of one that never was.
            ratelimit.clear(request, app="allauth.account", action="confirm_email", key=email.lower())
            raise MailNotSent from error

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Tells a person what was done to the account; a mail server that is down does not undo it."""
        try:
            super().send_notification_mail(template_prefix, user, *args, **kwargs)
        except MailNotSent:
            logger.exception("The e-mail %s to user %s was not sent", template_prefix, user.pk)
            messages.warning(current.request, _("The e-mail that tells you of this could not be sent."))
