from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

from adaptapedia.accounts.models import User

if TYPE_CHECKING:
    Base = DjangoUserAdmin[User]
else:
    Base = DjangoUserAdmin  # is generic for the type checker only


@admin.register(User)
class UserAdmin(Base):
    """Django's own, with the role in the place of the flags that follow from it."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (_("Permissions"), {"fields": ("is_active", "role", "groups", "user_permissions")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2", "role")}),
    )
    list_display = ("username", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    show_full_result_count = False
    search_fields = ("username", "email", "first_name", "last_name", "role")
