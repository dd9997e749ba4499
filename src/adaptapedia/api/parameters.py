"""The forms of queries: what each list can be asked, in which types and within which bounds."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from adaptapedia.api.cursors import LONGEST
from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work
from adaptapedia.kit.text import clean, fold

LARGEST_ID = 2**63 - 1
LARGEST_YEAR = 9999
PAGE_SIZE = 25
LARGEST_PAGE = 100
LANGUAGE = r"^[a-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
ITEM = re.compile(r"^Q[1-9][0-9]{0,17}$")


class Item(serializers.RegexField):
    """A Wikidata item (Q42), as its number."""

    def __init__(self, **terms: Any) -> None:
        message = {"invalid": _("Give an item of Wikidata, like Q41542.")}
        super().__init__(ITEM, required=False, error_messages=message, **terms)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        return int(value[1:]) if isinstance(value, str) else value


def _number(help_text: Any) -> serializers.IntegerField:
    return serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID, help_text=help_text)


def _year(help_text: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, min_value=-LARGEST_YEAR, max_value=LARGEST_YEAR, help_text=help_text
    )


def _choice(choices: Any, help_text: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(required=False, choices=choices, help_text=help_text)


def can_be_searched(text: str) -> None:
    """Refuses words for which no index helps: fewer than three letters, or two of a script of whole words."""
    found = fold(clean(text))
    if not any(len(word) >= (3 if word.isascii() else 2) for word in found.split()):
        raise ValidationError(_("Give at least one word of three letters or more."))


class ListParameters(serializers.Serializer):
    """What every list takes."""

    cursor = serializers.CharField(
        required=False,
        max_length=LONGEST,
        help_text=_("A place in the list, as it stands in next or previous. Filters and order must stay the same."),
    )
    page_size = serializers.IntegerField(
        required=False,
        default=PAGE_SIZE,
        min_value=1,
        max_value=LARGEST_PAGE,
        help_text=_("How many entries a page has."),
    )


class EntryParameters(ListParameters):
    q = serializers.CharField(
        required=False,
        max_length=100,
        validators=[can_be_searched],
        help_text=_(
            "All these words, or parts of words, in the title or original title (of people, the name), without "
            "regard to case and accents. At least one has three letters or more."
        ),
    )
    wikidata = Item(help_text=_("The item of Wikidata, like Q41542."))
    slug = serializers.SlugField(
        required=False, max_length=120, help_text=_("The last part of the address of the entry's page.")
    )


class TitledParameters(EntryParameters):
    year_from = _year(_("The earliest year. Years before our era are negative: -44 is 44 BCE."))
    year_to = _year(_("The latest year."))
    language = serializers.CharField(
        required=False,
        max_length=35,
        validators=[RegexValidator(LANGUAGE, _("Give the code of a language, like en or pt-br."))],
        help_text=_("The original language, by its code."),
    )
    country = Item(help_text=_("A country of origin, by its item of Wikidata: Q142 is France."))
    person = _number(_("Somebody in the credits, by number."))
    ordering = _choice(
        ["id", "-id", "title", "-title", "year", "-year"],
        _("What the list is ordered by; entries without a year come last, in either direction. Without it, by id."),
    )

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if attrs.get("year_from", -LARGEST_YEAR) > attrs.get("year_to", LARGEST_YEAR):
            raise serializers.ValidationError({"year_to": [_("This lies before year_from.")]})
        return attrs


class WorkParameters(TitledParameters):
    form = _choice(Work.Form.values, _("The form of the work."))


class ScreenWorkParameters(TitledParameters):
    kind = _choice(ScreenWork.Kind.values, _("The kind of the screen work."))


class AdaptationParameters(ListParameters):
    relation = _choice(Adaptation.Relation.values, _("How the screen work follows what it was made from."))
    work = _number(_("The work that it was made from, by number."))
    screen_work = _number(_("The screen work that was made, by number."))
    original = _number(_("The screen work that was made again, by number."))
    ordering = _choice(["id", "-id"], _("What the list is ordered by. Without it, by id."))


class PersonParameters(EntryParameters):
    ordering = _choice(["id", "-id", "name", "-name"], _("What the list is ordered by. Without it, by id."))


class HistoryParameters(ListParameters):
    since = serializers.DateField(required=False, help_text=_("The earliest day."))
    until = serializers.DateField(required=False, help_text=_("The latest day."))
