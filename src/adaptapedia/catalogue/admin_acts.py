"""Acts on an entry that are more than an edit: its address, whether it stands at all."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import SlugTaken, change_slug, edit_entry
from adaptapedia.desk.acts import Act, Nothing, Refused, act, answer, posted
from adaptapedia.desk.pages import Page
from adaptapedia.kit.text import SLUG_LENGTH

if TYPE_CHECKING:
    Base = Page
else:
    Base = object

PLAIN = RegexValidator(r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z", _("Small letters a–z and digits, with single hyphens between."))


class SlugForm(forms.Form):
    slug = forms.CharField(
        label=_("Last part of the address"),
        max_length=SLUG_LENGTH,
        validators=[PLAIN],
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Small letters a–z and digits, with single hyphens between: the-great-gatsby"),
    )


class RetiringActs(Base):
    """The buttons that hide a row from readers and show it again."""

    actions_detail: ClassVar[tuple[str, ...]] = ("retire", "restore")

    def turn(self, row: Any, retired_at: datetime | None, *, by: User) -> None:
        """Retire a row, or bring it back."""
        raise NotImplementedError

    @act(label=_("Retire"), path="retire", icon="visibility_off", permission="retire")
    def retire(self, request: HttpRequest, object_id: str) -> HttpResponse:
        explanation = _("Readers no longer find it. It stays here, and can be restored.")
        return self._set_retired(request, object_id, _("Retire"), explanation, retired=True)

    @act(label=_("Restore"), path="restore", icon="visibility", permission="restore")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        explanation = _("Readers find it again.")
        return self._set_retired(request, object_id, _("Restore"), explanation, retired=False)

    def _set_retired(
        self, request: HttpRequest, object_id: str, title: object, explanation: object, *, retired: bool
    ) -> HttpResponse:
        entry = self.found(request, object_id)
        by = cast(User, request.user)

        def perform(given: dict[str, Any]) -> object:
            if (entry.retired_at is not None) != retired:
                self.turn(entry, timezone.now() if retired else None, by=by)
            return _("It is retired.") if retired else _("It is back.")

        return answer(self, request, entry, Act(title, explanation, title, perform, Nothing(posted(request))))

    def has_retire_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_turn(request, obj, retired=False)

    def has_restore_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_turn(request, obj, retired=True)

    def _may_turn(self, request: HttpRequest, number: Any, *, retired: bool) -> bool:
        """Which of the two buttons an entry has; unfold asks with its number, and without one for a list."""
        if not self.has_change_permission(request):
            return False
        if number is None or not str(number).isdecimal():  # an address may hold anything
            return number is None
        standing: bool = self.model._default_manager.filter(pk=number, retired_at=None).exists()
        return standing != retired


class EntryActs(RetiringActs):
    """The buttons above an entry's form."""

    actions_detail = ("change_address", "unlock", *RetiringActs.actions_detail)

    def turn(self, row: Any, retired_at: datetime | None, *, by: User) -> None:
        edit_entry(row, {"retired_at": retired_at}, by=by)

    @act(label=_("Change address"), path="address", icon="link")
    def change_address(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entry = self.found(request, object_id)

        def perform(given: dict[str, Any]) -> object:
            try:
                change_slug(entry, to=given["slug"])
            except SlugTaken:
                raise Refused(_("Another entry has this address, or had it once. Choose another.")) from None
            return _("Its address has changed. The old one leads here.")

        form = SlugForm(posted(request), initial={"slug": entry.slug})
        explanation = _("The page moves to the new address. Whoever follows the old one is led there.")
        asked = Act(_("Change address"), explanation, _("Move it"), perform, form)
        return answer(self, request, entry, asked)
