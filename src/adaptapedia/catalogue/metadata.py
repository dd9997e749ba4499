"""What TMDb and Open Library say of entries, in tables of their own.

Their licences are not Wikidata's: nothing of these tables is in a dump under CC0, and all of a row
can go without touching its entry. `provenance` and `locks` are those of `models.Entry`; `digest` tells
whether an upstream's record differs from the one that the row was last made of. What a person writes is
put down to them there, and is our own data.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Metadata(models.Model):
    """What the tables share."""

    digest = models.BigIntegerField(editable=False)
    provenance = models.JSONField(default=dict, blank=True)
    locks = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(_("changed"), help_text=_("When the source last said something new."))

    MENDED: ClassVar[tuple[str, ...]] = ()
    """Fields that a person may write. The rest the source has measured, or holds in lists of its own shape."""

    class Meta:
        abstract = True

    @property
    def entry(self) -> Any:
        """Whose metadata it is."""
        return getattr(self, self.owner())

    @classmethod
    def owner(cls) -> str:
        """The name of the field that says whose metadata it is."""
        return cls._meta.pk.name


class ScreenMetadata(Metadata):
    """What TMDb says of a film or series (`/movie/{id}`, `/tv/{id}`). Texts may be empty; None is not known."""

    MENDED = (
        *("title", "overview", "tagline", "status", "homepage", "released", "ended", "runtime", "episodes"),
        *("genres", "keywords", "poster_path", "backdrop_path"),
    )

    class Kind(models.TextChoices):
        MOVIE = "movie", _("Film")
        TV = "tv", _("Series")

    screen_work = models.OneToOneField(
        "catalogue.ScreenWork",
        models.CASCADE,
        primary_key=True,
        related_name="metadata",
        verbose_name=_("screen work"),
    )
    kind = models.CharField(_("kind at TMDb"), max_length=5, choices=Kind)
    tmdb_id = models.BigIntegerField(_("TMDb's number"))
    title = models.TextField(_("title at TMDb"), blank=True)
    overview = models.TextField(_("overview"), blank=True)
    tagline = models.TextField(_("tagline"), blank=True)
    status = models.CharField(_("status"), max_length=40, blank=True)
    homepage = models.TextField(_("home page"), blank=True)
    released = models.DateField(_("released"), null=True, blank=True, help_text=_("Of a series, its first broadcast."))
    ended = models.DateField(_("last broadcast"), null=True, blank=True)
    runtime = models.IntegerField(_("minutes"), null=True, blank=True, help_text=_("Of a series, of an episode."))
    episodes = models.IntegerField(_("episodes"), null=True, blank=True)
    popularity = models.FloatField(_("popularity"), default=0)
    vote_average = models.FloatField(_("average vote"), default=0)
    votes = models.IntegerField(_("votes"), default=0)
    genres = ArrayField(models.TextField(), verbose_name=_("genres"), default=list, blank=True)
    keywords = ArrayField(models.TextField(), verbose_name=_("keywords"), default=list, blank=True)
    poster_path = models.CharField(_("poster"), max_length=200, blank=True)
    backdrop_path = models.CharField(_("backdrop"), max_length=200, blank=True)
    certificates = models.JSONField(_("certificates"), default=dict, blank=True, help_text='{"DE": ["12"]}')
    trailers = models.JSONField(
        _("trailers"), default=list, blank=True, help_text='[{"site", "key", "name", "language", "official"}]'
    )
    providers = models.JSONField(
        _("where to watch"),
        default=dict,
        blank=True,
        help_text='JustWatch\'s: {"DE": {"link": "…", "flatrate": [[8, "Netflix"]]}}',
    )
    seasons = models.JSONField(
        _("seasons"), default=list, blank=True, help_text='[{"number", "name", "aired", "episodes", "poster_path"}]'
    )
    cast = models.JSONField(
        _("cast"),
        default=list,
        blank=True,
        help_text='[{"id", "name", "character", "profile_path"}], best billed first',
    )

    class Meta:
        verbose_name = _("metadata of a screen work")
        verbose_name_plural = _("metadata of screen works")
        indexes = [models.Index(fields=["kind", "tmdb_id"], name="screen_metadata_ref")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.tmdb_id}"


class WorkMetadata(Metadata):
    """What Open Library says of a work. None is not known."""

    MENDED = ("title", "first_year", "description", "subjects", "languages", "cover_id")

    work = models.OneToOneField(
        "catalogue.Work", models.CASCADE, primary_key=True, related_name="metadata", verbose_name=_("work")
    )
    key = models.CharField(_("key at Open Library"), max_length=20, help_text=_("Such as OL893415W."))
    title = models.TextField(_("title at Open Library"), blank=True)
    first_year = models.IntegerField(_("first year"), null=True, blank=True)
    authors = models.JSONField(_("authors"), default=list, blank=True, help_text='[["OL79034A", "Frank Herbert"]]')
    subjects = ArrayField(models.TextField(), verbose_name=_("subjects"), default=list, blank=True)
    languages = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("languages"),
        default=list,
        blank=True,
        help_text=_("MARC codes: eng, fre."),
    )
    cover_id = models.BigIntegerField(_("cover"), null=True, blank=True)
    editions = models.IntegerField(_("editions"), null=True, blank=True)
    rating = models.FloatField(_("rating"), null=True, blank=True, help_text=_("1 to 5."))
    ratings = models.IntegerField(_("ratings"), null=True, blank=True)
    description = models.TextField(_("description"), default="", db_default="", blank=True)

    class Meta:
        verbose_name = _("metadata of a work")
        verbose_name_plural = _("metadata of works")
        indexes = [models.Index(fields=["key"], name="work_metadata_key")]

    def __str__(self) -> str:
        return self.key


class ImageSizes(models.Model):
    """How addresses of TMDb's images are made: base + size + path (`/configuration`). One row a source."""

    source = models.CharField(_("source"), max_length=20, primary_key=True)
    base_url = models.TextField(_("address"))
    posters = ArrayField(models.CharField(max_length=20), verbose_name=_("sizes of posters"), default=list)
    backdrops = ArrayField(models.CharField(max_length=20), verbose_name=_("sizes of backdrops"), default=list)
    profiles = ArrayField(models.CharField(max_length=20), verbose_name=_("sizes of portraits"), default=list)
    logos = ArrayField(models.CharField(max_length=20), verbose_name=_("sizes of logos"), default=list)

    class Meta:
        verbose_name = _("sizes of images")
        verbose_name_plural = _("sizes of images")

    def __str__(self) -> str:
        return self.source
