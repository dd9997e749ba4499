"""Deleting an account."""

from auditlog.models import LogEntry as Change
from django.contrib.admin.models import LogEntry as Act
from django.db import transaction
from django.utils.translation import gettext as _

from adaptapedia.accounts.models import User
from adaptapedia.accounts.sessions import end_sessions
from adaptapedia.accounts.tokens import revoke_tokens


class LastAdministrator(Exception):
    """Without this account nobody could administrate."""


@transaction.atomic
def delete_account(user: User) -> None:
    """Delete a person's account with everything of theirs; sessions and tokens end. Raises LastAdministrator.

    What they wrote in the catalogue stays, under a number that leads to nobody any more: so does what was
    done to it and by whom, but not from where. Tokens stay on the blacklist, without a name, until they have
    expired.
    """
    if user.role == User.Role.ADMINISTRATOR:
        _leave_an_administrator(user)
    revoke_tokens(user)
    end_sessions(user)
    number = user.pk
    Change.objects.filter(actor=user).update(remote_addr=None, remote_port=None)
    user.delete()  # which is put down as well
    _forget_name(number)


def _forget_name(number: int) -> None:
    """What was kept about the account itself goes; what operators did to it keeps its number alone."""
    Change.objects.get_for_model(User).filter(object_pk=str(number)).delete()
    acts = Act.objects.filter(content_type__app_label="accounts", content_type__model="user", object_id=str(number))
    acts.update(object_repr=_("account %(number)s") % {"number": number})


def is_last_administrator(user: User) -> bool:
    """Whether deleting this account would leave nobody who can administrate."""
    others = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    return user.role == User.Role.ADMINISTRATOR and not others.exists()


def _leave_an_administrator(user: User) -> None:
    """Holds the rows of all administrators, in one order, so that two of them cannot both leave at once."""
    administrators = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).order_by("pk")
    if not set(administrators.select_for_update().values_list("pk", flat=True)) - {user.pk}:
        raise LastAdministrator
