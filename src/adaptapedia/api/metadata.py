"""What TMDb and Open Library tell, as programs are given it: each with its source and what its licence asks for."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from adaptapedia.catalogue.paging import Row

TMDB_NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."
TMDB_TERMS = "https://www.themoviedb.org/api-terms-of-use"
OPEN_LIBRARY_NOTICE = "From Open Library, a project of the Internet Archive."
OPEN_LIBRARY_TERMS = "https://openlibrary.org/developers/licensing"
_OWN = {"changed_at", "kind", "tmdb_id", "key"}


def screen_metadata(row: Row | None) -> Row | None:
    """Of a screen work; None where TMDb tells nothing."""
    if row is None:
        return None
    told = {name: value for name, value in row.items() if name not in _OWN}
    page = f"https://www.themoviedb.org/{row['kind']}/{row['tmdb_id']}"
    return {"source": "tmdb", "notice": TMDB_NOTICE, "terms": TMDB_TERMS, "page": page, **told, **_changed(row)}


def work_metadata(row: Row | None) -> Row | None:
    """Of a work; None where Open Library tells nothing."""
    if row is None:
        return None
    told = {name: value for name, value in row.items() if name not in _OWN}
    told["authors"] = [{"key": key, "name": name} for key, name in row["authors"]]
    page = f"https://openlibrary.org/works/{row['key']}"
    source = {"source": "open_library", "notice": OPEN_LIBRARY_NOTICE, "terms": OPEN_LIBRARY_TERMS, "page": page}
    return {**source, **told, **_changed(row)}


def _changed(row: Row) -> dict[str, Any]:
    """JSON made in the database has its times with an offset: +00:00, since connections speak UTC."""
    return {"changed_at": str(row["changed_at"]).partition(".")[0].removesuffix("+00:00") + "Z"}


class MetadataAnswer(serializers.Serializer):
    source = serializers.CharField(help_text=_("Whose words these are. They are not under CC0."))
    notice = serializers.CharField(help_text=_("To be shown beside them."))
    terms = serializers.URLField(help_text=_("The terms on which they may be used."))
    page = serializers.URLField(help_text=_("The same at the source."))
    title = serializers.CharField(allow_blank=True)
    changed_at = serializers.DateTimeField(help_text=_("When the source last said something new."))
    written_here = serializers.ListField(
        child=serializers.CharField(),
        help_text=_("The fields that people have written here instead: CC0, as all of ours."),
    )


class TrailerAnswer(serializers.Serializer):
    site = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)
    official = serializers.BooleanField()


class SeasonAnswer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    aired = serializers.DateField(allow_null=True)
    episodes = serializers.IntegerField()
    poster_path = serializers.CharField(allow_blank=True)


class CastAnswer(serializers.Serializer):
    id = serializers.IntegerField(help_text=_("TMDb's number of the person."))
    name = serializers.CharField()
    character = serializers.CharField(allow_blank=True)
    profile_path = serializers.CharField(allow_blank=True)


@extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}})
class CertificatesField(serializers.DictField):
    """Age ratings by country (ISO 3166-1)."""


def _texts() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField())


class ScreenMetadataAnswer(MetadataAnswer):
    overview = serializers.CharField(allow_blank=True)
    tagline = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_blank=True)
    homepage = serializers.CharField(allow_blank=True)
    released = serializers.DateField(allow_null=True)
    ended = serializers.DateField(allow_null=True)
    runtime = serializers.IntegerField(allow_null=True, help_text=_("Minutes; of a series, of an episode."))
    episodes = serializers.IntegerField(allow_null=True)
    popularity = serializers.FloatField()
    vote_average = serializers.FloatField()
    votes = serializers.IntegerField()
    genres = _texts()
    keywords = _texts()
    poster_path = serializers.CharField(allow_blank=True)
    backdrop_path = serializers.CharField(allow_blank=True)
    certificates = CertificatesField()
    trailers = TrailerAnswer(many=True)
    seasons = SeasonAnswer(many=True)
    cast = CastAnswer(many=True)


class OpenLibraryAuthorAnswer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()


class WorkMetadataAnswer(MetadataAnswer):
    first_year = serializers.IntegerField(allow_null=True)
    authors = OpenLibraryAuthorAnswer(many=True)
    subjects = _texts()
    languages = _texts()
    cover_id = serializers.IntegerField(allow_null=True)
    editions = serializers.IntegerField(allow_null=True)
    rating = serializers.FloatField(allow_null=True, help_text=_("1 to 5."))
    ratings = serializers.IntegerField(allow_null=True)
    description = serializers.CharField(allow_blank=True)
