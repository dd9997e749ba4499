"""Who uses Adaptapedia, and what they may do."""

from typing import Any, ClassVar

from django.contrib.auth import models as auth
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Upper
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from adaptapedia.accounts import rights

became_operator = Signal()
"""Sent with `user`, in the transaction of the save, when somebody who was none is made an operator."""


class UserManager(auth.UserManager["User"]):
    """Makes Django's superusers administrators, so that `createsuperuser` does what it says."""

    use_in_migrations = False

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        extra.setdefault("role", User.Role.ADMINISTRATOR)
        return super().create_superuser(username, email, password, **extra)

    async def acreate_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        extra.setdefault("role", User.Role.ADMINISTRATOR)
        return await super().acreate_superuser(username, email, password, **extra)


class User(auth.AbstractUser):
    """A person with an account. The role decides; Django's `is_staff` and `is_superuser` follow it.

    `save` makes them follow, and the database refuses a row where they do not, so a bulk update of
    the role has to name all three.
    """

    class Role(models.TextChoices):
        USER = "user", _("User")
        TRUSTED_EDITOR = "trusted_editor", _("Trusted editor")
        MODERATOR = "moderator", _("Moderator")
        ADMINISTRATOR = "administrator", _("Administrator")

    OPERATORS = (Role.MODERATOR, Role.ADMINISTRATOR)

    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.USER)
    # Access tokens issued before this are refused; None while nobody has revoked any.
    tokens_valid_from = models.DateTimeField(_("tokens valid from"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    class Meta(auth.AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(is_staff=True, role__in=["moderator", "administrator"])
                | Q(is_staff=False, role__in=["user", "trusted_editor"]),
                name="user_staff_by_role",
            ),
            models.CheckConstraint(
                condition=Q(is_superuser=True, role="administrator") | Q(is_superuser=False) & ~Q(role="administrator"),
                name="user_superuser_by_role",
            ),
            models.UniqueConstraint(Upper("username"), name="user_name_without_twin"),
        ]
        indexes = [models.Index(fields=["email"], name="user_email")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Django's own flags follow the role, so that there is one thing to set.

        A save of other fields alone (a sign-in writes `last_login`) leaves the flags in the
        database as they are: the role in hand may be older than the one in the row.
        """
        self.is_staff = self.may_operate
        self.is_superuser = self.role == self.Role.ADMINISTRATOR
        written = kwargs.get("update_fields")
        if written is not None and "role" not in written:
            super().save(*args, **kwargs)
            return
        if written is not None:
            kwargs["update_fields"] = {*written, "is_staff", "is_superuser"}
        with transaction.atomic():
            promoted = self.is_staff and User.objects.filter(pk=self.pk, is_staff=False).exists()
            super().save(*args, **kwargs)
            if promoted:
                became_operator.send(sender=User, user=self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """By the role; rows of auth_permission add to it only where `rights` lets them."""
        if not self.is_active or self.is_superuser:
            return super().has_perm(perm, obj)
        if self.role == self.Role.MODERATOR and rights.moderators_may(perm):
            return True
        return perm.partition(".")[0] in rights.WIDENED_BY_ROWS and super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        if not self.is_active or self.is_superuser:
            return super().has_module_perms(app_label)
        if self.role == self.Role.MODERATOR and rights.moderators_see(app_label):
            return True
        return app_label in rights.WIDENED_BY_ROWS and super().has_module_perms(app_label)

    @property
    def may_operate(self) -> bool:
        """Whether the pages of /ops/ are open to this person."""
        return self.role in self.OPERATORS
