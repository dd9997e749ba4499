"""Works, screen works, people and what ties them together.

Wikidata's item numbers are integers (42 is Q42) and the only external ids that are unique here:
all others clash in reality and are kept. Titles are never empty. Years are historical (-44 is
44 BCE) and may be unknown.

`provenance` says for every field where its value came from, which run of a job brought it and
when it last changed: `{"*": ["wikidata", 7, "2026-11-22T02:00:00Z"], "year": [...]}`, where `*`
stands for every field without an entry of its own. `locks` holds the fields that a person has
set, which no upstream overwrites: `{"title": {"by": 3, "at": "..."}}`.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from adaptapedia.catalogue.metadata import ImageSizes as ImageSizes
from adaptapedia.catalogue.metadata import ScreenMetadata as ScreenMetadata
from adaptapedia.catalogue.metadata import WorkMetadata as WorkMetadata


class RetiredReason(models.TextChoices):
    """Why ingestion has retired something; empty where a person did. Only what has a reason here it restores."""

    GONE = "gone", _("its item is gone upstream")
    UNSTATED = "unstated", _("upstream states it no longer")
    WITH_ENTRY = "with_entry", _("the item of one of its sides is gone upstream")


class Entry(models.Model):
    """What works, screen works and people share."""

    wikidata_id = models.BigIntegerField(_("Wikidata item"), null=True, blank=True, unique=True)
    wikidata_digest = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text=_("Of the record that this entry was last merged from.")
    )
    slug = models.CharField(_("slug"), max_length=120)
    sort_key = models.CharField(_("sort key"), max_length=200)
    search_text = models.TextField(_("search text"), help_text=_("All names, accent-blind, for search."))
    provenance = models.JSONField(default=dict, blank=True)
    locks = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    retired_reason = models.CharField(
        _("why it was retired"), max_length=12, choices=RetiredReason, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True
        # A constraint, not `unique=True`, which would add a second index for LIKE.
        constraints = [models.UniqueConstraint(fields=["slug"], name="%(class)s_slug")]


class TitledEntry(Entry):
    """A work or a screen work: titles, languages, a year."""

    title = models.TextField(_("title"))
    title_language = models.CharField(_("language of the title"), max_length=35)
    original_title = models.TextField(_("original title"), blank=True)
    original_language = models.CharField(_("original language"), max_length=35, blank=True)
    year = models.IntegerField(_("year"), null=True, blank=True)
    countries = ArrayField(models.BigIntegerField(), default=list, blank=True)
    genres = ArrayField(models.BigIntegerField(), default=list, blank=True)
    series = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta(Entry.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title if self.year is None else f"{self.title} ({self.year})"


class Work(TitledEntry):
    """Something written that screen works are made from."""

    class Form(models.TextChoices):
        NOVEL = "novel", _("Novel")
        NOVELLA = "novella", _("Novella")
        SHORT_STORY = "short_story", _("Short story")
        PLAY = "play", _("Play")
        POEM = "poem", _("Poem")
        COMIC = "comic", _("Comic")
        MANGA = "manga", _("Manga")
        BOOK_SERIES = "book_series", _("Book series")
        BOOK = "book", _("Book")
        LITERARY_WORK = "literary_work", _("Literary work")
        WRITTEN_WORK = "written_work", _("Written work")

    form = models.CharField(_("form"), max_length=20, choices=Form, default=Form.WRITTEN_WORK)

    class Meta(TitledEntry.Meta):
        verbose_name = _("work")
        verbose_name_plural = _("works")
        indexes = [
            GinIndex(fields=["search_text"], name="work_search_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["sort_key", "id"], name="work_by_title", condition=Q(retired_at=None)),
            models.Index(fields=["year", "id"], name="work_by_year", condition=Q(retired_at=None)),
        ]


class ScreenWork(TitledEntry):
    """A film or series."""

    class Kind(models.TextChoices):
        FILM = "film", _("Film")
        TELEVISION_FILM = "television_film", _("Television film")
        SHORT = "short", _("Short film")
        SERIES = "series", _("Series")
        MINISERIES = "miniseries", _("Miniseries")
        OTHER = "other", _("Other")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    end_year = models.IntegerField(_("last year"), null=True, blank=True)

    class Meta(TitledEntry.Meta):
        verbose_name = _("screen work")
        verbose_name_plural = _("screen works")
        indexes = [
            GinIndex(fields=["search_text"], name="screen_work_search_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["sort_key", "id"], name="screen_work_by_title", condition=Q(retired_at=None)),
            models.Index(fields=["year", "id"], name="screen_work_by_year", condition=Q(retired_at=None)),
        ]


class Person(Entry):
    """An author, director, creator, screenwriter or actor."""

    name = models.TextField(_("name"))
    name_language = models.CharField(_("language of the name"), max_length=35)
    birth_year = models.IntegerField(_("born"), null=True, blank=True)
    death_year = models.IntegerField(_("died"), null=True, blank=True)

    class Meta(Entry.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            GinIndex(fields=["search_text"], name="person_search_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["sort_key", "id"], name="person_by_name", condition=Q(retired_at=None)),
        ]

    def __str__(self) -> str:
        return self.name


class Credit(models.Model):
    """One line of a work's credits. Without a person only the name is known."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    name = models.TextField(_("name as credited"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"))
    source = models.CharField(_("source"), max_length=20)

    class Meta:
        abstract = True


class WorkCredit(Credit):
    class Role(models.TextChoices):
        AUTHOR = "author", _("Author")

    work = models.ForeignKey(Work, models.CASCADE, related_name="credits", db_index=False)
    role = models.CharField(_("role"), max_length=12, choices=Role)

    class Meta:
        ordering = ["role", "position"]
        constraints = [
            models.UniqueConstraint(fields=["work", "role", "position"], name="work_credit_place"),
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(name=""), name="work_credit_names_someone"),
        ]


class ScreenCredit(Credit):
    class Role(models.TextChoices):
        DIRECTOR = "director", _("Director")
        CREATOR = "creator", _("Creator")
        SCREENWRITER = "screenwriter", _("Screenwriter")
        CAST = "cast", _("Cast")

    screen_work = models.ForeignKey(ScreenWork, models.CASCADE, related_name="credits", db_index=False)
    role = models.CharField(_("role"), max_length=12, choices=Role)

    class Meta:
        ordering = ["role", "position"]
        constraints = [
            models.UniqueConstraint(fields=["screen_work", "role", "position"], name="screen_credit_place"),
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(name=""), name="screen_credit_names_someone"),
        ]


class ExternalId(models.Model):
    """What somebody else calls an entry. Never unique across entries: clashes are kept and listed."""

    class Scheme(models.TextChoices):
        IMDB = "imdb", "IMDb"
        TMDB_MOVIE = "tmdb_movie", _("TMDb (film)")
        TMDB_TV = "tmdb_tv", _("TMDb (series)")
        TMDB_PERSON = "tmdb_person", _("TMDb (person)")
        OPEN_LIBRARY = "open_library", "Open Library"
        ISBN = "isbn", "ISBN"

    scheme = models.CharField(_("scheme"), max_length=12, choices=Scheme)
    value = models.CharField(_("value"), max_length=40)
    source = models.CharField(_("source"), max_length=20)

    class Meta:
        abstract = True


class WorkExternalId(ExternalId):
    work = models.ForeignKey(Work, models.CASCADE, related_name="external_ids", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "scheme", "value"], name="work_external_id")]
        indexes = [models.Index(fields=["scheme", "value"], name="work_external_id_value")]


class ScreenExternalId(ExternalId):
    screen_work = models.ForeignKey(ScreenWork, models.CASCADE, related_name="external_ids", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["screen_work", "scheme", "value"], name="screen_external_id")]
        indexes = [models.Index(fields=["scheme", "value"], name="screen_external_id_value")]


class PersonExternalId(ExternalId):
    person = models.ForeignKey(Person, models.CASCADE, related_name="external_ids", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "scheme", "value"], name="person_external_id")]
        indexes = [models.Index(fields=["scheme", "value"], name="person_external_id_value")]


class Adaptation(models.Model):
    """A screen work made from a work, or (remake) from another screen work.

    It knows since when it has been missing upstream, not when it was last seen, so that reading
    it again writes nothing. `source`, `run_id` and `first_seen_at` tell where it came from; `provenance` has what
    came otherwise, or changed since.
    """

    class Relation(models.TextChoices):
        BASED_ON = "based_on", _("based on")
        INSPIRED_BY = "inspired_by", _("inspired by")
        LOOSELY_BASED_ON = "loosely_based_on", _("loosely based on")
        REMAKE_OF = "remake_of", _("remake of")

    screen_work = models.ForeignKey(ScreenWork, models.CASCADE, related_name="adaptations", db_index=False)
    work = models.ForeignKey(Work, models.CASCADE, null=True, blank=True, related_name="adaptations")
    original = models.ForeignKey(
        ScreenWork,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="remakes",
        verbose_name=_("original screen work"),
    )
    relation = models.CharField(_("relation"), max_length=20, choices=Relation, default=Relation.BASED_ON)
    source = models.CharField(_("source"), max_length=20)
    confidence = models.PositiveSmallIntegerField(_("confidence in per cent"), default=100)
    run_id = models.BigIntegerField(_("run that brought it"), null=True, blank=True)
    provenance = models.JSONField(default=dict, db_default={}, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"))
    missing_since = models.DateTimeField(_("missing since"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    retired_reason = models.CharField(
        _("why it was retired"), max_length=12, choices=RetiredReason, blank=True, default="", db_default=""
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["screen_work", "work"], name="adaptation_of_work"),
            models.UniqueConstraint(fields=["screen_work", "original"], name="adaptation_of_screen_work"),
            models.CheckConstraint(
                condition=Q(work__isnull=False, original__isnull=True) | Q(work__isnull=True, original__isnull=False),
                name="adaptation_has_one_source",
            ),
            models.CheckConstraint(condition=~Q(original=F("screen_work")), name="adaptation_not_of_itself"),
            models.CheckConstraint(condition=Q(confidence__lte=100), name="adaptation_confidence_in_per_cent"),
        ]

    def __str__(self) -> str:
        return f"{self.screen_work} ← {self.work or self.original}"

    @property
    def stamps(self) -> dict[str, Any]:
        """Its provenance as entries have theirs, where `*` stands for every field without one of its own."""
        return {"*": [self.source, self.run_id, self.first_seen_at.isoformat()], **self.provenance}


class FormerSlug(models.Model):
    """A slug that an entry once had: its address redirects to where the entry is now."""

    slug = models.CharField(max_length=120)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["slug"], name="%(class)s_slug")]


class FormerWorkSlug(FormerSlug):
    work = models.ForeignKey(Work, models.CASCADE, related_name="former_slugs")


class FormerScreenWorkSlug(FormerSlug):
    screen_work = models.ForeignKey(ScreenWork, models.CASCADE, related_name="former_slugs")


class FormerPersonSlug(FormerSlug):
    person = models.ForeignKey(Person, models.CASCADE, related_name="former_slugs")


class DailyStatistics(models.Model):
    """The site's figures of one day, kept as history."""

    day = models.DateField(_("day"), primary_key=True)
    figures = models.JSONField(_("figures"))

    class Meta:
        verbose_name = _("daily statistics")
        verbose_name_plural = _("daily statistics")
        ordering = ["-day"]


class LastReading(models.Model):
    """When an upstream was last read whole and brought in."""

    source = models.CharField(_("source"), max_length=20, primary_key=True)
    at = models.DateTimeField(_("last read whole"))

    def __str__(self) -> str:
        return f"{self.source}, {self.at:%Y-%m-%d %H:%M %Z}"
