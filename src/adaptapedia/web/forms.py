"""The forms of /accounts/: allauth's, in our words."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from adaptapedia.accounts.names import LONGEST, SHORTEST

Word = Any
"""A text, or one that is translated when it is shown."""

LONGEST_ANSWER = 1_000
"""Characters of one field. Nobody types more, and what is longer would only be work."""


class InOurWords:
    """Labels and help of ours beside the fields, and no placeholder that poses as a label."""

    LABELS: ClassVar[dict[str, Word]] = {}
    HELP: ClassVar[dict[str, Word]] = {}
    ATTRIBUTES: ClassVar[dict[str, dict[str, str]]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(self.ATTRIBUTES.get(name, {}))
            field.label = self.LABELS.get(name, field.label)
            field.help_text = self.HELP.get(name, "")
            if isinstance(field, forms.CharField):
                field.validators.append(MaxLengthValidator(LONGEST_ANSWER))


NEW_PASSWORD = _("At least 8 characters, and nothing that is easily guessed. A short sentence is good.")
CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class SignInForm(InOurWords, account.LoginForm):  # type: ignore[misc]
    LABELS: ClassVar[dict[str, Word]] = {
        "login": _("User name or e-mail address"),
        "password": _("Password"),
        "remember": _("Keep me signed in on this device"),
    }
    ATTRIBUTES: ClassVar[dict[str, dict[str, str]]] = {"login": NAME}


class SignUpForm(InOurWords, account.SignupForm):  # type: ignore[misc]
    LABELS: ClassVar[dict[str, Word]] = {
        "username": _("User name"),
        "email": _("E-mail address"),
        "password1": _("Password"),
        "website": _("Leave this empty"),
    }
    HELP: ClassVar[dict[str, Word]] = {
        "username": _("Everybody sees it. Letters, digits, points, hyphens and underscores."),
        "email": _("Nobody sees it. We send a link there to make sure that it is yours."),
        "password1": NEW_PASSWORD,
    }
    ATTRIBUTES: ClassVar[dict[str, dict[str, str]]] = {
        "username": {**NAME, "minlength": str(SHORTEST), "maxlength": str(LONGEST)}
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What only a program fills in. Where it stands on the page is for the style sheet to say.
        trap = self.fields[settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD]
        trap.widget.attrs = {"tabindex": "-1", "autocomplete": "off"}
        self.trap = self[settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD].name


class ChangeAddressForm(InOurWords, account.AddEmailForm):  # type: ignore[misc]
    LABELS: ClassVar[dict[str, Word]] = {"email": _("New e-mail address")}
    HELP: ClassVar[dict[str, Word]] = {
        "email": _("We send a link there. Until it is followed the present address stays in use.")
    }


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):  # type: ignore[misc]
    LABELS: ClassVar[dict[str, Word]] = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }
    HELP: ClassVar[dict[str, Word]] = {"password1": NEW_PASSWORD}


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    LABELS = ChangePasswordForm.LABELS
    HELP = ChangePasswordForm.HELP


class SetPasswordForm(InOurWords, account.SetPasswordForm):  # type: ignore[misc]
    LABELS = ChangePasswordForm.LABELS
    HELP = ChangePasswordForm.HELP


class ForgottenPasswordForm(InOurWords, account.ResetPasswordForm):  # type: ignore[misc]
    LABELS: ClassVar[dict[str, Word]] = {"email": _("E-mail address")}


class PasswordAgainForm(InOurWords, account.ReauthenticateForm):  # type: ignore[misc]
    LABELS: ClassVar[dict[str, Word]] = {"password": _("Password")}


class CodeForm(InOurWords, mfa.AuthenticateForm):  # type: ignore[misc]
    LABELS: ClassVar[dict[str, Word]] = {"code": _("Code")}
    HELP: ClassVar[dict[str, Word]] = {
        "code": _("Six digits from the app on your telephone, or one of your recovery codes.")
    }
    ATTRIBUTES: ClassVar[dict[str, dict[str, str]]] = {"code": CODE}


class CodeAgainForm(InOurWords, mfa.ReauthenticateForm):  # type: ignore[misc]
    LABELS = CodeForm.LABELS
    HELP = CodeForm.HELP
    ATTRIBUTES = CodeForm.ATTRIBUTES


class FirstCodeForm(InOurWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    LABELS: ClassVar[dict[str, Word]] = {"code": _("Code from the app")}
    HELP: ClassVar[dict[str, Word]] = {"code": _("Six digits, to make sure that the app is set up.")}
    ATTRIBUTES: ClassVar[dict[str, dict[str, str]]] = {"code": CODE}


class DeleteAccountForm(forms.Form):
    """Asks twice: for the password, and for the name to be typed."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST_ANSWER,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    name = forms.CharField(
        label=_("Your user name, typed out"),
        help_text=_("So that nobody deletes an account by a slip."),
        max_length=LONGEST_ANSWER,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.user.get_username():
            raise forms.ValidationError(_("This is not your user name."), code="name")
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        adapter = account.get_adapter()
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("incorrect_password")
        return password
