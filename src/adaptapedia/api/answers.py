"""The forms of answers, for the schema alone: `shapes.py` builds them, and tests hold that both agree."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from adaptapedia.api.metadata import ScreenMetadataAnswer, WorkMetadataAnswer
from adaptapedia.catalogue.models import Adaptation, ExternalId, ScreenCredit, ScreenWork, Work

ITEM = {"type": "string", "pattern": "^Q[0-9]+$"}


@extend_schema_field(ITEM)
class ItemField(serializers.CharField):
    """A Wikidata item, like Q42."""


def _items() -> serializers.ListField:
    return serializers.ListField(child=ItemField())


def _year() -> serializers.IntegerField:
    return serializers.IntegerField(allow_null=True)


class ExternalIdAnswer(serializers.Serializer):
    scheme = serializers.ChoiceField(choices=ExternalId.Scheme.values)
    value = serializers.CharField()


class CreditedPerson(serializers.Serializer):
    id = serializers.IntegerField(allow_null=True, help_text=_("Null where only the name is known."))
    name = serializers.CharField()
    position = serializers.IntegerField()
    url = serializers.URLField(allow_null=True)
    source = serializers.CharField(help_text=_("Who says so. What TMDb says is not under CC0."))


class ScreenCreditAnswer(CreditedPerson):
    role = serializers.ChoiceField(choices=ScreenCredit.Role.values)


class WorkBrief(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    year = _year()
    form = serializers.ChoiceField(choices=Work.Form.values)
    url = serializers.URLField()
    page = serializers.URLField()


class ScreenWorkBrief(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    year = _year()
    kind = serializers.ChoiceField(choices=ScreenWork.Kind.values)
    url = serializers.URLField()
    page = serializers.URLField()


class AdaptationTie(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField()
    relation = serializers.ChoiceField(choices=Adaptation.Relation.values)


class MadeOfThis(AdaptationTie):
    screen_work = ScreenWorkBrief()


class MadeFrom(AdaptationTie):
    work = WorkBrief(allow_null=True)
    original = ScreenWorkBrief(allow_null=True)


class AdaptationAnswer(MadeFrom):
    screen_work = ScreenWorkBrief()
    source = serializers.CharField(help_text=_("Who says so."))
    confidence = serializers.IntegerField(help_text=_("In per cent."))
    first_seen_at = serializers.DateTimeField()
    missing_since = serializers.DateTimeField(allow_null=True, help_text=_("Since when the source no longer says so."))


class EntryAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    url = serializers.URLField()
    slug = serializers.CharField()
    wikidata = ItemField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TitledAnswer(EntryAnswer):
    page = serializers.URLField(help_text=_("Where people read about it."))
    title = serializers.CharField()
    title_language = serializers.CharField()
    original_title = serializers.CharField(allow_null=True)
    original_language = serializers.CharField(allow_null=True)
    year = serializers.IntegerField(allow_null=True, help_text=_("Negative before our era: -44 is 44 BCE."))
    countries = _items()
    genres = _items()
    series = _items()
    external_ids = ExternalIdAnswer(many=True)
    adaptations_url = serializers.URLField()


class WorkAnswer(TitledAnswer):
    form = serializers.ChoiceField(choices=Work.Form.values)
    authors = CreditedPerson(many=True)


class WorkAloneAnswer(WorkAnswer):
    adaptations = MadeOfThis(many=True, help_text=_("At most 100, the earliest first; adaptations_url has them all."))
    metadata = WorkMetadataAnswer(allow_null=True, help_text=_("What Open Library tells. Not under CC0."))


class ScreenWorkAnswer(TitledAnswer):
    kind = serializers.ChoiceField(choices=ScreenWork.Kind.values)
    end_year = _year()
    credits = ScreenCreditAnswer(many=True)
    remakes_url = serializers.URLField()


class ScreenWorkAloneAnswer(ScreenWorkAnswer):
    adaptations = MadeFrom(many=True, help_text=_("What it was made from, at most 100."))
    remakes = MadeOfThis(many=True, help_text=_("At most 100, the earliest first; remakes_url has them all."))
    metadata = ScreenMetadataAnswer(allow_null=True, help_text=_("What TMDb tells. Not under CC0."))


class PersonAnswer(EntryAnswer):
    name = serializers.CharField()
    name_language = serializers.CharField()
    birth_year = _year()
    death_year = _year()
    external_ids = ExternalIdAnswer(many=True)
    works_url = serializers.URLField()
    screen_works_url = serializers.URLField()


class ScreenWorkWithRoles(ScreenWorkBrief):
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ScreenCredit.Role.values))


class PersonAloneAnswer(PersonAnswer):
    works = WorkBrief(many=True, help_text=_("At most 100, the earliest first; works_url has them all."))
    screen_works = ScreenWorkWithRoles(
        many=True, help_text=_("At most 100, the earliest first; screen_works_url has them all.")
    )


class FiguresAnswer(serializers.Serializer):
    day = serializers.DateField()
    works = serializers.IntegerField()
    screen_works = serializers.IntegerField()
    adaptations = serializers.IntegerField()
    people = serializers.IntegerField()


class DayAnswer(serializers.Serializer):
    day = serializers.DateField()
    figures = serializers.DictField(child=serializers.IntegerField())


class RootAnswer(serializers.Serializer):
    works = serializers.URLField()
    screen_works = serializers.URLField()
    adaptations = serializers.URLField()
    people = serializers.URLField()
    statistics = serializers.URLField()
    statistics_history = serializers.URLField()
    token = serializers.URLField()
    token_refresh = serializers.URLField()
    token_revoke = serializers.URLField()
    token_revoke_all = serializers.URLField()
    schema = serializers.URLField()
    docs = serializers.URLField()
    problems = serializers.URLField()


class PairAnswer(serializers.Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["Bearer"])
    expires_in = serializers.IntegerField(help_text=_("Seconds that the access token is valid for."))


class ProblemAnswer(serializers.Serializer):
    """What went wrong, as RFC 9457 has it."""

    type = serializers.CharField(help_text=_("The kind of the problem: an address, with a page about it."))
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text=_("A sentence about this case."))
    instance = serializers.CharField(help_text=_("The address that was asked for."))
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text=_("What is wrong with each parameter or field."),
    )


class SchemaAnswer(serializers.Serializer):
    openapi = serializers.CharField()
    info = serializers.DictField()
    paths = serializers.DictField()


def page_of(answer: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """A page of a list of these."""
    members: dict[str, Any] = {
        "next": serializers.URLField(allow_null=True, help_text=_("The page after this one.")),
        "previous": serializers.URLField(allow_null=True, help_text=_("The page before this one.")),
        "results": answer(many=True),
    }
    return type(name, (serializers.Serializer,), members)


WorkPage = page_of(WorkAnswer, "WorkPage")
ScreenWorkPage = page_of(ScreenWorkAnswer, "ScreenWorkPage")
AdaptationPage = page_of(AdaptationAnswer, "AdaptationPage")
PersonPage = page_of(PersonAnswer, "PersonPage")
HistoryPage = page_of(DayAnswer, "HistoryPage")
