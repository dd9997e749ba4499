"""What django-allauth keeps about signing in: e-mail addresses, second factors, sessions. No secret is shown."""

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from adaptapedia.accounts.care import tell
from adaptapedia.accounts.models import User
from adaptapedia.desk.pages import Page
from adaptapedia.desk.panels import page_of

if TYPE_CHECKING:
    from django.db.models import Field


class OfUserPage(Page):
    """Rows that belong to a person, found by their whole username; looked at and deleted, never written."""

    list_select_related = ("user",)
    search_fields: ClassVar[Any] = ("=user__username",)
    search_help_text = _("A whole username")
    secret: ClassVar[frozenset[str]] = frozenset()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            queryset = queryset.filter(self.found_by(term))
        return queryset, False

    def found_by(self, term: str) -> Q:
        return Q(user__in=User.objects.filter(username=term).values("pk"))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        shown: list[Field[Any, Any]] = [f for f in self.opts.concrete_fields if f.name not in {"id", *self.secret}]
        return ["who" if field.name == "user" else field.name for field in shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("user"))
    def who(self, row: Any) -> object:
        return page_of(row.user)


class EmailAddressPage(OfUserPage):
    list_display = ("email", "who", "primary", "verified")
    list_filter = ("primary", "verified")
    search_help_text = _("A whole e-mail address or username")

    def found_by(self, term: str) -> Q:
        return Q(email=term) | Q(email=term.lower()) | super().found_by(term)


class AuthenticatorPage(OfUserPage):
    """Deleting one lets in somebody who has lost their second factor; they set up another."""

    list_display = ("who", "type", "created_at", "last_used_at")
    list_display_links = ("type",)
    list_filter = ("type",)
    secret = frozenset({"data"})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Of recovery codes alone nothing is left to stand in for; the person is told."""
        delete_and_cleanup(request, obj)
        if obj.type == Authenticator.Type.TOTP:
            tell(request, obj.user, "mfa/email/totp_deactivated")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for authenticator in queryset.exclude(type=Authenticator.Type.RECOVERY_CODES):
            self.delete_model(request, authenticator)
        for authenticator in queryset.all():
            self.delete_model(request, authenticator)


class UserSessionPage(OfUserPage):
    """Deleting one ends it, where it is."""

    list_display = ("who", "ip", "user_agent", "created_at", "last_seen_at")
    list_display_links = ("ip",)
    secret = frozenset({"session_key", "data"})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.end()
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for session in queryset:
            self.delete_model(request, session)


PAGES: dict[str, dict[str, type[Page]]] = {
    "account": {"EmailAddress": EmailAddressPage},
    "mfa": {"Authenticator": AuthenticatorPage},
    "usersessions": {"UserSession": UserSessionPage},
}


def register() -> None:
    """Ours in the place of allauth's, for those parts of it that are installed."""
    for label, pages in PAGES.items():
        if not apps.is_installed(f"allauth.{label}"):
            continue
        __import__(f"allauth.{label}.admin")
        for name, page in pages.items():
            model = apps.get_model(label, name)
            admin.site.unregister(model)
            admin.site.register(model, page)


register()
