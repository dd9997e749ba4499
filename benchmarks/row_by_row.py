"""How one would write a pair with the ORM: a `get_or_create` for every row."""

from __future__ import annotations

from django.utils import timezone

from adaptapedia.catalogue.models import (
    Adaptation,
    Person,
    PersonExternalId,
    ScreenCredit,
    ScreenExternalId,
    ScreenWork,
    Work,
    WorkCredit,
    WorkExternalId,
)
from adaptapedia.ingest.rows import (
    external_ids,
    people_named_by,
    person_row,
    screen_credits,
    screen_work_row,
    work_credits,
    work_row,
)
from adaptapedia.kit.text import slugify
from adaptapedia.sources.wikidata.records import Item


def write_person(item: Item) -> None:
    person = _entry(Person, person_row(item, slug=None, digest=0))
    for row in external_ids(item):
        PersonExternalId.objects.get_or_create(person=person, scheme=row.scheme, value=row.value, source="wikidata")


def write_pair(screen_item: Item, work_item: Item) -> None:
    people = dict(
        Person.objects.filter(wikidata_id__in=[*people_named_by(screen_item), *people_named_by(work_item)]).values_list(
            "wikidata_id", "pk"
        )
    )
    work = _entry(Work, work_row(work_item, "novel", slug=None, digest=0))
    screen = _entry(ScreenWork, screen_work_row(screen_item, "film", slug=None, digest=0))
    for row in external_ids(work_item):
        WorkExternalId.objects.get_or_create(work=work, scheme=row.scheme, value=row.value, source="wikidata")
    for row in external_ids(screen_item):
        ScreenExternalId.objects.get_or_create(
            screen_work=screen, scheme=row.scheme, value=row.value, source="wikidata"
        )
    for credit in work_credits(work_item, people):
        WorkCredit.objects.get_or_create(
            work=work, role=credit.role, position=credit.position,
            defaults={"person_id": credit.person_id, "name": credit.name, "source": "wikidata"},
        )  # fmt: skip
    for credit in screen_credits(screen_item, people):
        ScreenCredit.objects.get_or_create(
            screen_work=screen, role=credit.role, position=credit.position,
            defaults={"person_id": credit.person_id, "name": credit.name, "source": "wikidata"},
        )  # fmt: skip
    Adaptation.objects.get_or_create(
        screen_work=screen, work=work,
        defaults={"source": "wikidata", "run_id": 1, "first_seen_at": timezone.now()},
    )  # fmt: skip


def _entry(model, row):  # type: ignore[no-untyped-def]
    values = row._asdict()
    qid = values.pop("wikidata_id")
    title = values.get("title") or values["name"]
    for name in {"countries", "genres", "series"} & values.keys():
        values[name] = [int(part) for part in values[name].strip("{}").split(",") if part]
    values["slug"] = f"{slugify(title)}-q{qid}"
    entry, _ = model.objects.get_or_create(wikidata_id=qid, defaults=values)
    return entry
