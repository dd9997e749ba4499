"""What is known about the reading of upstreams: sweeps under way, rejects, freshness, what matches what."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SourceState(models.Model):
    """When one thing was last read from an upstream. The one table that a replay may write."""

    class Outcome(models.TextChoices):
        THERE = "", _("there")
        GONE = "gone", _("the upstream does not have it")
        UNMATCHED = "unmatched", _("nothing was found for it")
        REVIEW = "review", _("what was found waits for a person")
        FAILED = "failed", _("the upstream could not answer")
        VANISHED = "vanished", _("it was there, and is not any more")
        MISSING = "missing", _("left out of an answer about many, and still to be asked for by itself")
        MOVED = "moved", _("merged into another")

    source = models.CharField(max_length=20)
    key = models.CharField(
        max_length=40, help_text=_("The upstream's own id, such as Q42 or movie/841; screen/7 for what has none yet.")
    )
    read_at = models.DateTimeField(_("last asked for"))
    run_id = models.BigIntegerField(null=True, blank=True, help_text=_("The run that last asked for it."))
    refreshed_at = models.DateTimeField(
        _("last answered"), null=True, blank=True, help_text=_("How long what came of it may be kept counts from here.")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default="", db_default="", blank=True)
    modified_at = models.DateTimeField(null=True, blank=True, help_text=_("What the upstream says."))
    etag = models.CharField(max_length=200, blank=True)
    version = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("Of what rows were made of when it was last answered.")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="source_state_key")]


class SweepManager(models.Manager["Sweep"]):
    """Sweeps without their class trees, each some hundred thousand numbers: read where one is looked at."""

    def get_queryset(self) -> models.QuerySet["Sweep"]:
        return super().get_queryset().defer("classes")


class Sweep(models.Model):
    """One reading of an upstream, which may take several attempts of a run.

    What was read stays, so that the next attempt goes on where this one stopped. Counts change in
    the transaction of the batch that they count, so that nothing is counted twice. The last finished
    one stays until the next has finished: from it items that have not changed since are carried over.
    So does the last of the first endpoint, the last good snapshot.
    """

    class Phase(models.TextChoices):
        CLASSES = "classes", _("reading the class tree")
        EDGES = "edges", _("reading what is based on what")
        CHANGES = "changes", _("reading what has changed")
        ITEMS = "items", _("reading works and screen works")
        PEOPLE = "people", _("reading people")
        SUSPECTS = "suspects", _("asking for what has vanished")
        MERGE = "merge", _("writing the catalogue")
        DONE = "done", _("done")

    source = models.CharField(max_length=20)
    run_id = models.BigIntegerField(help_text=_("The run that goes on with it, or has finished it."))
    endpoint = models.TextField(help_text=_("Where it is read from, without what may be secret of the address."))
    is_fallback = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("It is read elsewhere than at the first endpoint, so that nothing is taken back by it."),
    )
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.CLASSES)
    cursor = models.JSONField(default=dict, blank=True, help_text=_("How far the phase has come; empty at its start."))
    expected = models.BigIntegerField(null=True, blank=True, help_text=_("Pairs that the upstream counted."))
    classes = models.JSONField(default=list, blank=True, help_text=_("[[child, parent], …]"))
    counts = models.JSONField(default=dict, blank=True)
    version = models.PositiveSmallIntegerField(default=0, db_default=0, help_text=_("Of what is kept of an item."))
    base_id = models.BigIntegerField(
        null=True,
        blank=True,
        help_text=_("The sweep from which unchanged items are carried over; none: whole."),
    )
    whole_at = models.DateTimeField(null=True, blank=True, help_text=_("When everything was last read anew."))
    asked_by = models.BigIntegerField(null=True, blank=True, help_text=_("The run that asked how to go on."))
    answer = models.CharField(max_length=20, blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True, blank=True, help_text=_("Its age counts from here, where it is set."))
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SweepManager()

    is_snapshot = False
    """Set on a finished one whose rows are written once more: it stays as it is."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(finished_at__isnull=True), name="one_open_sweep")
        ]


class Refresh(models.Model):
    """One refreshing of metadata by a run, which may take several attempts of it.

    What has been asked for since it began (`SourceState.read_at`) is done. Counts change in the
    transaction of the batch that they count, so that nothing is counted twice.
    """

    run_id = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    counts = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)


class Reject(models.Model):
    """Something an upstream said that did not get into the catalogue, and why. Cleared when it comes good."""

    class Reason(models.TextChoices):
        SAME_ITEM = "same_item", _("an item based on itself")
        SCREEN_WITHOUT_NAME = "screen_without_name", _("the screen work has no name in any language")
        SOURCE_WITHOUT_NAME = "source_without_name", _("the source has no name in any language")
        BOTH_WITHOUT_NAME = "both_without_name", _("neither side has a name in any language")
        TITLE_TOO_LONG = "title_too_long", _("a title of over 1,000 characters")
        SCREEN_ABSENT = "screen_absent", _("the screen work's item is gone, or redirects to another")
        SOURCE_ABSENT = "source_absent", _("the source's item is gone, or redirects to another")
        NOT_A_SCREEN_WORK = "not_a_screen_work", _("what is based on it is no film or series")
        SOURCE_NOT_A_WORK = "source_not_a_work", _("the source is neither written nor a film or series")
        PERSON_WITHOUT_NAME = "person_without_name", _("the person has no name in any language")
        PERSON_ABSENT = "person_absent", _("the person's item is gone, or redirects to another")
        YEAR_OUT_OF_RANGE = "year_out_of_range", _("a year out of range: the entry stands without it")
        NAME_TOO_LONG = "name_too_long", _("a name of over 1,000 characters: the entry stands without it")
        MALFORMED_DATE = "malformed_date", _("a date of the wrong shape: the entry stands without it")
        MALFORMED_ID = "malformed_id", _("an external id of the wrong shape: the entry stands without it")
        NOT_READ = "not_read", _("the upstream could not answer")
        NO_TITLE = "no_title", _("no title")
        NO_ID = "no_id", _("something without a number")
        NOT_TEXT = "not_text", _("something else where words were due")
        TEXT_TOO_LONG = "text_too_long", _("words beyond all measure")
        NOT_A_NUMBER = "not_a_number", _("something else where a number was due")
        NOT_A_WHOLE_NUMBER = "not_a_whole_number", _("something else where a whole number was due")
        NUMBER_OUT_OF_RANGE = "number_out_of_range", _("a number out of range")
        NOT_TRUE_OR_FALSE = "not_true_or_false", _("something else where yes or no was due")
        NOT_A_LIST = "not_a_list", _("something else where a list was due")
        NOT_AN_OBJECT = "not_an_object", _("something else where an object was due")
        DATE_OUT_OF_RANGE = "date_out_of_range", _("a date out of range")
        MALFORMED_ADDRESS = "malformed_address", _("an address of the wrong shape")
        MALFORMED_COUNTRY = "malformed_country", _("a country of the wrong shape")
        MALFORMED_LANGUAGE = "malformed_language", _("a language of the wrong shape")
        MALFORMED_PATH = "malformed_path", _("the path of a picture of the wrong shape")
        MALFORMED_RATING = "malformed_rating", _("an age rating of the wrong shape")
        MALFORMED_SIZE = "malformed_size", _("a size of pictures of the wrong shape")
        MALFORMED_STATUS = "malformed_status", _("a status of the wrong shape")
        NOBODY = "nobody", _("a credit without a name or a number")
        NOT_IN_SEARCH = "not_in_search", _("it is there, and the search does not find it")
        AUTHORS_DO_NOT_MATCH = "authors_do_not_match", _("more or fewer names of authors than keys")
        MORE_PROBLEMS = "more_problems", _("more than is told")

    source = models.CharField(_("source"), max_length=20)
    key = models.CharField(
        _("item"),
        max_length=90,
        help_text=_("Q1 for an item, Q1>Q2 for a pair, Q1#… for a value; else as in SourceState."),
    )
    reason = models.CharField(_("reason"), max_length=30, choices=Reason)
    payload = models.JSONField(_("payload"), default=dict)
    run_id = models.BigIntegerField(_("run that saw it first"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["source", "key", "reason"], name="reject_once")]
        indexes = [models.Index(fields=["reason", "-id"], name="reject_by_reason")]


class Removal(models.Model):
    """That something which TMDb or Open Library told has gone from the catalogue, and why; not what it said."""

    class Reason(models.TextChoices):
        EXPIRED = "expired", _("not refreshed for six months")
        UNTIED = "untied", _("not the entry's title, or not any more")
        UNCREDITED = "uncredited", _("a person whom nobody credits any more")

    source = models.CharField(_("source"), max_length=20)
    key = models.CharField(
        _("what went"), max_length=40, help_text=_("As the upstream's addresses have it: movie/841, person/5602.")
    )
    entry_id = models.BigIntegerField(_("entry"), help_text=_("Its number in the catalogue."))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    refreshed_at = models.DateTimeField(_("last answered"), null=True, blank=True)
    credits = models.PositiveIntegerField(_("credits that went with it"), default=0)
    run_id = models.BigIntegerField(
        _("run that removed it"), null=True, blank=True, help_text=_("Empty: a person's decision about a match did.")
    )
    removed_at = models.DateTimeField(_("removed"))

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "key"], name="removal_by_key")]

    def __str__(self) -> str:
        return self.key


class SweepEdge(models.Model):
    """A pair that a sweep has read: subject is based on source. Rejected when it has a reason."""

    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="edges", db_index=False)
    subject = models.BigIntegerField()
    source = models.BigIntegerField()
    reason = models.CharField(max_length=30, choices=Reject.Reason, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sweep", "subject", "source"], name="sweep_edge_once")]
        indexes = [models.Index(fields=["sweep", "source"], name="sweep_edge_source")]


class SweepItem(models.Model):
    """An item that a sweep needs. Until it has been read it is pending and has no record."""

    class Side(models.TextChoices):
        PENDING = "pending", _("not read yet")
        WORK = "work", _("work")
        SCREEN = "screen", _("screen work")
        PERSON = "person", _("person")
        OTHER = "other", _("none of these")
        REDIRECT = "redirect", _("redirects to another")
        ABSENT = "absent", _("not there")

    class Reached(models.TextChoices):
        NAMED = "", _("a pair or a credit names it")
        REDIRECT = "redirect", _("a redirect leads to it, or from it to others in its pairs")
        SUSPECT = "suspect", _("it was asked for by itself")

    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="items", db_index=False)
    qid = models.BigIntegerField()
    side = models.CharField(max_length=8, choices=Side, default=Side.PENDING)
    problem = models.CharField(
        max_length=30, blank=True, help_text=_("Why it has no title: without_name, title_too_long.")
    )
    people = ArrayField(models.BigIntegerField(), default=list, help_text=_("Whom its credits name."))
    record = models.JSONField(null=True, help_text=_("A sources.wikidata.records.Item, defaults left out."))
    target = models.BigIntegerField(null=True, help_text=_("The item that a redirect leads to in the end."))
    reached = models.CharField(
        max_length=8, choices=Reached, blank=True, default="", db_default="", help_text=_("What it was needed for.")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sweep", "qid"], name="sweep_item_once")]
        indexes = [models.Index(fields=["sweep", "qid"], condition=Q(side="pending"), name="sweep_item_pending")]


class SweepSuspect(models.Model):
    """A living adaptation of the catalogue that a sweep has not seen, and what asking for its items has shown."""

    class Verdict(models.TextChoices):
        PENDING = "", _("not asked yet")
        STATED = "stated", _("still stated")
        UNSTATED = "unstated", _("no longer stated")
        OTHER_SIDE = "other_side", _("its source is now on the other side")
        SCREEN_GONE = "screen_gone", _("the screen work's item is gone")
        SOURCE_GONE = "source_gone", _("the source's item is gone")
        KEPT = "kept", _("kept, as somebody said")

    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="suspects", db_index=False)
    adaptation_id = models.BigIntegerField()
    subject = models.BigIntegerField()
    source = models.BigIntegerField()
    is_remake = models.BooleanField()
    verdict = models.CharField(max_length=12, choices=Verdict, blank=True, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sweep", "adaptation_id"], name="sweep_suspect_once")]


class Match(models.Model):
    """Which title of TMDb a screen work is: what was found, how sure that is, and what a person decided.

    A person's word stands for good: no later finding changes a row that has `decided_at`, and none
    proposes again what is in `refused`. Titles are written as in TMDb's addresses, `movie/841`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waits for a decision")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        NONE = "none", _("none of these")

    screen_work = models.OneToOneField("catalogue.ScreenWork", models.CASCADE, related_name="match")
    state = models.CharField(_("state"), max_length=8, choices=State)
    ref = models.CharField(_("title"), max_length=16, blank=True, help_text=_("The best candidate, or the one taken."))
    score = models.FloatField(_("score"), default=0.0, help_text=_("How probable it is, 0 to 1."))
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    candidates = models.JSONField(_("candidates"), default=list, blank=True, help_text=_("The best first."))
    refused = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    taken_from = models.CharField(
        max_length=20, blank=True, help_text=_("Whose id it was already when a person accepted it.")
    )
    run_id = models.BigIntegerField(_("run that found it"), null=True, blank=True)
    found_at = models.DateTimeField(_("found"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="match_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="match_score_is_a_probability"),
            models.CheckConstraint(condition=~Q(state="accepted") | ~Q(ref=""), name="match_accepted_has_a_title"),
        ]


class Change(models.Model):
    """What one row of the catalogue was before a run changed it, so that the run can be taken back.

    `before` holds each changed field's former value and provenance, `{"year": [1965, null]}`: null where it fell
    under `*`. Where provenance does not tell of every field, as of adaptations, the new value is a third element.
    Lists (`credits`, `external_ids`) are told whole, as `ingest.changes` writes them. What a run made is not told
    here: it carries the run itself.
    """

    run_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=20)
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    at = models.DateTimeField()
    before = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["run_id", "table_name", "row_id"], name="change_of_run"),
            BrinIndex(fields=["at"], name="change_by_age", autosummarize=True),
        ]


class Difference(models.Model):
    """What an upstream says otherwise than a person has written in a locked field, until somebody decides.

    "Keep ours" stands until the upstream says something else again.
    """

    class Kind(models.TextChoices):
        WORK = "work", _("work")
        SCREEN_WORK = "screen_work", _("screen work")
        PERSON = "person", _("person")
        WORK_METADATA = "work_metadata", _("metadata of a work")
        SCREEN_METADATA = "screen_metadata", _("metadata of a screen work")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    entry_id = models.BigIntegerField(_("entry"), help_text=_("Its number, also where the kind is its metadata."))
    field = models.CharField(_("field"), max_length=40)
    theirs = models.JSONField(
        _("upstream says"),
        encoder=DjangoJSONEncoder,
        help_text='{"year": 1965}, {"title": "Dune", "title_language": "en"}',
    )
    source = models.CharField(_("source"), max_length=20)
    run_id = models.BigIntegerField(_("run that saw it first"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"))
    kept_at = models.DateTimeField(_("ours was kept"), null=True, blank=True)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("kept by")
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "entry_id", "field", "source"], name="difference_once"),
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(kept_at__isnull=True), name="difference_waiting")]


class Reversal(models.Model):
    """That a run's changes were taken back, by whom and when. Unfinished, it is gone on with."""

    reverted_run_id = models.BigIntegerField(unique=True)
    run_id = models.BigIntegerField(help_text=_("The run that took it back."))
    by = models.CharField(max_length=150)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
