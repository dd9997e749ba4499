"""The addresses under /accounts/. Those of allauth keep allauth's names, which its code looks up."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from adaptapedia.web.views.accounts.account import sessions
from adaptapedia.web.views.accounts.code import GiveCode
from adaptapedia.web.views.accounts.whole import whole

urlpatterns = [
    path("login/", whole(account.login), name="account_login"),
    path("logout/", whole(account.logout), name="account_logout"),
    path("signup/", whole(account.signup), name="account_signup"),
    path("inactive/", whole(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", whole(account.reauthenticate), name="account_reauthenticate"),
    path("email/", whole(account.email), name="account_email"),
    path("confirm-email/", whole(account.email_verification_sent), name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", whole(account.confirm_email), name="account_confirm_email"),
    path("password/change/", whole(account.password_change), name="account_change_password"),
    path("password/set/", whole(account.password_set), name="account_set_password"),
    path("password/reset/", whole(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", whole(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        whole(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        whole(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("sessions/", sessions, name="usersessions_list"),
    path("2fa/", whole(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", whole(GiveCode.as_view()), name="mfa_authenticate"),
    path("2fa/reauthenticate/", whole(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", whole(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", whole(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", whole(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        whole(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        whole(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
