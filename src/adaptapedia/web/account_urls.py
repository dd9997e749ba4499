"""The addresses under /accounts/. Those of allauth keep allauth's names, which its code looks up."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from adaptapedia.web.views.accounts.account import sessions
from adaptapedia.web.views.accounts.all_or_nothing import all_or_nothing
from adaptapedia.web.views.accounts.code import GiveCode

urlpatterns = [
    path("login/", all_or_nothing(account.login), name="account_login"),
    path("logout/", all_or_nothing(account.logout), name="account_logout"),
    path("signup/", all_or_nothing(account.signup), name="account_signup"),
    path("inactive/", all_or_nothing(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", all_or_nothing(account.reauthenticate), name="account_reauthenticate"),
    path("email/", all_or_nothing(account.email), name="account_email"),
    path("confirm-email/", all_or_nothing(account.email_verification_sent), name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", all_or_nothing(account.confirm_email), name="account_confirm_email"),
    path("password/change/", all_or_nothing(account.password_change), name="account_change_password"),
    path("password/set/", all_or_nothing(account.password_set), name="account_set_password"),
    path("password/reset/", all_or_nothing(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", all_or_nothing(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        all_or_nothing(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        all_or_nothing(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("sessions/", sessions, name="usersessions_list"),
    path("2fa/", all_or_nothing(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", all_or_nothing(GiveCode.as_view()), name="mfa_authenticate"),
    path("2fa/reauthenticate/", all_or_nothing(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", all_or_nothing(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", all_or_nothing(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", all_or_nothing(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        all_or_nothing(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        all_or_nothing(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
