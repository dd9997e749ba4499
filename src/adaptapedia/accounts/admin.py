"""Accounts and what belongs to them: for administrators alone."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

import rest_framework_simplejwt.token_blacklist.admin  # noqa: F401 - registers its pages, which ours replace
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from adaptapedia.accounts.care import address_is_taken, replace_address, tell
from adaptapedia.accounts.events import leave_this_session_alone
from adaptapedia.accounts.models import User
from adaptapedia.desk.pages import Page, ReadOnlyPage
from adaptapedia.desk.panels import page_of

if TYPE_CHECKING:
    UserBase = DjangoUserAdmin[User]
    UserFormBase = forms.ModelForm[User]
else:
    UserBase = DjangoUserAdmin  # is generic for the type checker only
    UserFormBase = UserChangeForm

for model in (Group, OutstandingToken, BlacklistedToken):
    admin.site.unregister(model)


class UserForm(UserFormBase):
    """Nobody takes the role of administrator, or the account, from themselves: so one always remains."""

    by: User

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if "email" in self.changed_data and address_is_taken(email, by_another_than=self.instance):
            raise ValidationError(_("Another account has this address."))
        return email

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.instance.pk == self.by.pk:
            if given.get("role", self.by.role) != User.Role.ADMINISTRATOR:
                self.add_error("role", _("You cannot give up your own role. Another administrator can change it."))
            if not given.get("is_active", True):
                self.add_error("is_active", _("You cannot close your own account here."))
        return given


@admin.register(User)
class UserPage(UserBase, Page):
    """Django's own, with the role in the place of the flags that follow from it."""

    form = UserForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("Permissions"),
            {
                "fields": ("is_active", "role", "groups"),
                "description": _("The role decides. Groups widen it in the catalogue alone."),
            },
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2", "role")}),
    )
    list_display = ("username", "email", "role", "is_active", "last_login")
    list_filter = (("role", ChoicesDropdownFilter), "is_active")
    ordering = ("-pk",)
    search_fields = ("username",)
    search_help_text = _("The beginning of a username, a whole e-mail address, or a role")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    actions = None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = cast(User, request.user)
        return form

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not (term := search_term.strip()):
            return queryset, False
        if "@" in term:
            return queryset.filter(Q(email=term) | Q(email=term.lower()) | Q(username=term)), False
        found = Q(username__startswith=term) | Q(username__startswith=term.lower())
        if term.lower() in User.Role.values:
            found |= Q(role=term.lower())
        return queryset.filter(found), False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            replace_address(request, obj, before=form.initial["email"])

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Django's own; whoever was signed in with the earlier password is not any more, and the person is told."""
        number = unquote(id)
        before = User.objects.filter(pk=number).values_list("password", flat=True).first() if number.isdigit() else None
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        user = self.get_object(request, number) if request.method == "POST" else None
        if user is not None and user.password != before:
            leave_this_session_alone(request, user)
            tell(request, user, "account/email/password_changed")
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody deletes themselves here."""
        return super().has_delete_permission(request, obj) and obj != request.user


@admin.register(Group)
class GroupPage(DjangoGroupAdmin, Page):
    ordering = ("name",)


class TokenPage(ReadOnlyPage):
    """Tokens of programs, which end one by one or all at once through the API. The token itself is never shown."""

    search_fields: ClassVar[Any] = ("=jti",)
    search_help_text = _("A token's id (jti), or a whole username")
    holder = "user"
    jti = "jti"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            people = User.objects.filter(username=term).values("pk")
            queryset = queryset.filter(Q(**{f"{self.holder}__in": people}) | Q(**{self.jti: term}))
        return queryset, False


@admin.register(OutstandingToken)
class OutstandingTokenPage(TokenPage):
    list_display = ("jti", "who", "created_at", "expires_at")
    list_select_related = ("user",)
    fields = ("jti", "who", "created_at", "expires_at")
    readonly_fields = fields

    @admin.display(description=_("user"))
    def who(self, token: Any) -> object:
        return page_of(token.user)


@admin.register(BlacklistedToken)
class BlacklistedTokenPage(TokenPage):
    holder = "token__user"
    jti = "token__jti"
    list_display = ("id", "its_token", "who", "expires", "blacklisted_at")
    list_select_related = ("token__user",)
    fields = ("its_token", "who", "expires", "blacklisted_at")
    readonly_fields = fields

    @admin.display(description=_("token"))
    def its_token(self, listed: Any) -> object:
        return page_of(listed.token, text=listed.token.jti)

    @admin.display(description=_("user"))
    def who(self, listed: Any) -> object:
        return page_of(listed.token.user)

    @admin.display(description=_("expires"))
    def expires(self, listed: Any) -> object:
        return listed.token.expires_at


if apps.is_installed("allauth.account"):
    from adaptapedia.accounts import admin_sign_in  # noqa: F401 - registers its pages
