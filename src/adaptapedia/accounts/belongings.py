"""Everything that the site holds on a person, for the person."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry as Change
from django.db.models import ForeignObjectRel
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from adaptapedia.accounts.models import User

TOLD_APART = (EmailAddress, Authenticator, UserSession, OutstandingToken, Change)
"""Models with a part of their own below: they have columns that are secrets, or somebody else's."""

Json = dict[str, Any]


def account_data(user: User) -> Json:
    """What stands in the database under this person's name, as values of JSON (times as datetime).

    Secrets are left out: the hash of the password, keys of sessions and apps, the tokens themselves.
    """
    return {
        "account": _account(user),
        "email_addresses": list(
            EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified", "primary")
        ),
        "sessions": list(
            UserSession.objects.filter(user=user)
            .order_by("pk")
            .values("created_at", "last_seen_at", "ip", "user_agent")
        ),
        "second_factors": list(
            Authenticator.objects.filter(user=user).order_by("pk").values("type", "created_at", "last_used_at")
        ),
        "tokens": list(
            OutstandingToken.objects.filter(user=user)
            .order_by("pk")
            .values("created_at", "expires_at", "blacklistedtoken__blacklisted_at")
        ),
        "changes_to_the_account": list(
            Change.objects.get_for_model(User)
            .filter(object_pk=str(user.pk))
            .order_by("pk")
            .values("timestamp", "action", "object_repr", "changes")
        ),
        "changes_by_you": list(
            Change.objects.filter(actor=user)
            .order_by("pk")
            .values("timestamp", "action", "content_type__model", "object_pk", "remote_addr")
        ),
        "elsewhere": _elsewhere(user),
    }


def _account(user: User) -> Json:
    return {
        "id": user.pk,
        "user_name": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "role": user.role,
        "active": user.is_active,
        "joined_at": user.date_joined,
        "last_sign_in_at": user.last_login,
        "tokens_valid_from": user.tokens_valid_from,
        "groups": list(user.groups.values_list("name", flat=True)),
    }


def _elsewhere(user: User) -> dict[str, list[Json]]:
    """The rows of every other table that names the person, whichever rooms there are."""
    found = {}
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        model = relation.related_model
        if model._meta.auto_created or issubclass(model, TOLD_APART):
            continue
        rows = list(model._default_manager.filter(**{relation.field.name: user}).order_by("pk").values())
        if rows:
            found[f"{model._meta.label_lower}.{relation.field.name}"] = rows
    return found
