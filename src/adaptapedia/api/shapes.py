"""From the catalogue's rows to what programs are given. `root` is the site's own address, with a slash at its end.

Built by hand, not by serializers, for speed: the forms in `answers.py` describe the same, and tests hold that they do.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from adaptapedia.api.metadata import screen_metadata, work_metadata
from adaptapedia.catalogue.paging import Row

API = "api/v1/"


def work(row: Row, root: str) -> Row:
    return {
        **_titled(row, root, "works"),
        "page": f"{root}book/{row['slug']}/",
        "form": row["form"],
        "authors": [_person_in(credit, root) for credit in row["authors"]],
        "external_ids": row["external_ids"],
        "adaptations_url": f"{root}{API}adaptations/?work={row['id']}",
    }


def work_alone(row: Row, root: str) -> Row:
    ties = [_tie(tie, root, screen_work=screen_brief(tie["screen_work"], root)) for tie in row["adaptations"]]
    return {**work(row, root), "adaptations": ties, "metadata": work_metadata(row["metadata"])}


def screen_work(row: Row, root: str) -> Row:
    return {
        **_titled(row, root, "screen-works"),
        "page": f"{root}screen/{row['slug']}/",
        "kind": row["kind"],
        "end_year": row["end_year"],
        "credits": [{**_person_in(credit, root), "role": credit["role"]} for credit in row["credits"]],
        "external_ids": row["external_ids"],
        "adaptations_url": f"{root}{API}adaptations/?screen_work={row['id']}",
        "remakes_url": f"{root}{API}adaptations/?original={row['id']}",
    }


def screen_work_alone(row: Row, root: str) -> Row:
    made_from = [_tie(tie, root, **_sources(tie, root)) for tie in row["made_from"]]
    remakes = [_tie(tie, root, screen_work=screen_brief(tie["screen_work"], root)) for tie in row["remakes"]]
    metadata = screen_metadata(row["metadata"])
    return {**screen_work(row, root), "adaptations": made_from, "remakes": remakes, "metadata": metadata}


def adaptation(row: Row, root: str) -> Row:
    return {
        **_tie(row, root),
        "screen_work": screen_brief(row["screen_work"], root),
        **_sources(row, root),
        "source": row["source"],
        "confidence": row["confidence"],
        "first_seen_at": _time(row["first_seen_at"]),
        "missing_since": _time(row["missing_since"]),
    }


def person(row: Row, root: str) -> Row:
    return {
        **_entry(row, root, "people"),
        "name": row["name"],
        "name_language": row["name_language"],
        "birth_year": row["birth_year"],
        "death_year": row["death_year"],
        "external_ids": row["external_ids"],
        "works_url": f"{root}{API}works/?person={row['id']}",
        "screen_works_url": f"{root}{API}screen-works/?person={row['id']}",
    }


def person_alone(row: Row, root: str) -> Row:
    screen_works = [{**screen_brief(brief, root), "roles": brief["roles"]} for brief in row["screen_works"]]
    works = [work_brief(brief, root) for brief in row["works"]]
    return {**person(row, root), "works": works, "screen_works": screen_works}


def work_brief(brief: Row, root: str) -> Row:
    addresses = {"url": f"{root}{API}works/{brief['id']}/", "page": f"{root}book/{brief['slug']}/"}
    return {name: brief[name] for name in ("id", "title", "year", "form")} | addresses


def screen_brief(brief: Row, root: str) -> Row:
    addresses = {"url": f"{root}{API}screen-works/{brief['id']}/", "page": f"{root}screen/{brief['slug']}/"}
    return {name: brief[name] for name in ("id", "title", "year", "kind")} | addresses


def _entry(row: Row, root: str, collection: str) -> Row:
    number = row["wikidata_id"]
    return {
        "id": row["id"],
        "url": f"{root}{API}{collection}/{row['id']}/",
        "slug": row["slug"],
        "wikidata": None if number is None else f"Q{number}",
        "created_at": _time(row["created_at"]),
        "updated_at": _time(row["updated_at"]),
    }


def _titled(row: Row, root: str, collection: str) -> Row:
    return {
        **_entry(row, root, collection),
        "title": row["title"],
        "title_language": row["title_language"],
        "original_title": row["original_title"] or None,
        "original_language": row["original_language"] or None,
        "year": row["year"],
        "countries": _items(row["countries"]),
        "genres": _items(row["genres"]),
        "series": _items(row["series"]),
    }


def _person_in(credit: Row, root: str) -> Row:
    number = credit["id"]
    url = None if number is None else f"{root}{API}people/{number}/"
    named = {"id": number, "name": credit["name"], "position": credit["position"], "url": url}
    return {**named, "source": credit["source"]}


def _tie(row: Row, root: str, **ends: Any) -> Row:
    return {"id": row["id"], "url": f"{root}{API}adaptations/{row['id']}/", "relation": row["relation"], **ends}


def _sources(row: Row, root: str) -> Row:
    return {
        "work": row["work"] and work_brief(row["work"], root),
        "original": row["original"] and screen_brief(row["original"], root),
    }


def _items(numbers: Iterable[int]) -> list[str]:
    return [f"Q{number}" for number in numbers]


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
