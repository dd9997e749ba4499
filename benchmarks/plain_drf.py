"""The peer of the API: a work's detail view as Django REST framework's own tutorial would have it.

A ModelSerializer with nested ones for what belongs to the work, a generic view, everything else left at the
framework's defaults; related rows are prefetched, as anybody would who has looked at the queries once.
"""

from django.urls import path
from rest_framework import generics, serializers

from adaptapedia.catalogue.models import (
    Adaptation,
    Person,
    ScreenWork,
    Work,
    WorkCredit,
    WorkExternalId,
)


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = Person
        fields = ("id", "slug", "name", "birth_year", "death_year")


class CreditSerializer(serializers.ModelSerializer):
    person = PersonSerializer()

    class Meta:
        model = WorkCredit
        fields = ("role", "position", "name", "person")


class ExternalIdSerializer(serializers.ModelSerializer):
    class Meta:
        model = WorkExternalId
        fields = ("scheme", "value")


class ScreenWorkSerializer(serializers.ModelSerializer):
    class Meta:
        model = ScreenWork
        fields = ("id", "slug", "title", "title_language", "year", "end_year", "kind")


class AdaptationSerializer(serializers.ModelSerializer):
    screen_work = ScreenWorkSerializer()

    class Meta:
        model = Adaptation
        fields = ("id", "relation", "confidence", "screen_work")


class WorkSerializer(serializers.ModelSerializer):
    credits = CreditSerializer(many=True)
    external_ids = ExternalIdSerializer(many=True)
    adaptations = AdaptationSerializer(many=True)

    class Meta:
        model = Work
        exclude = ("wikidata_digest", "provenance", "locks", "search_text", "sort_key", "retired_at")


class WorkView(generics.RetrieveAPIView):
    queryset = Work.objects.filter(retired_at=None).prefetch_related(
        "credits__person", "external_ids", "adaptations__screen_work"
    )
    serializer_class = WorkSerializer


urlpatterns = [path("works/<int:pk>/", WorkView.as_view())]
