"""Who uses Adaptapedia, and what they may do."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person with an account. The role decides; `is_staff` follows it (see `save`)."""

    class Role(models.TextChoices):
        USER = "user", _("User")
        TRUSTED_EDITOR = "trusted_editor", _("Trusted editor")
        MODERATOR = "moderator", _("Moderator")
        ADMINISTRATOR = "administrator", _("Administrator")

    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.USER)

    class Meta(AbstractUser.Meta):
        pass

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Django's own flags follow the role, so that there is one thing to set."""
        self.is_staff = self.may_operate
        self.is_superuser = self.role == self.Role.ADMINISTRATOR
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "is_staff", "is_superuser"}
        super().save(*args, **kwargs)

    @property
    def may_operate(self) -> bool:
        """Whether the pages of /ops/ are open to this person."""
        return self.role in {self.Role.MODERATOR, self.Role.ADMINISTRATOR}
