"""Entries and names as pages show them, read within a statement as JSON: half of a page's time went to the ORM."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection

from adaptapedia.catalogue.models import ScreenWork, Work

Shown = TypeVar("Shown", Work, ScreenWork)

_TITLED = (
    "id", "wikidata_id", "slug", "sort_key", "title", "title_language", "original_title", "original_language", "year",
)  # fmt: skip
_COLUMNS: dict[type[Work] | type[ScreenWork], tuple[str, ...]] = {
    Work: (*_TITLED, "form"),
    ScreenWork: (*_TITLED, "kind", "end_year"),
}
"""What pages show, in the order of the models' fields. The others would be most of what is read."""


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody in the credits: a person of the catalogue, or only a name. `language` is empty where it is unknown."""

    text: str
    language: str = ""


def columns_of(model: type[Work] | type[ScreenWork], alias: str) -> str:
    """SQL for what `entry_of` takes: the columns that pages show, as one JSON array."""
    return f"json_build_array({', '.join(f'{alias}.{column}' for column in _COLUMNS[model])})"


def entry_of(model: type[Shown], values: Sequence[Any]) -> Shown:
    """The entry of these values; its other fields are read when they are asked for."""
    return model.from_db(connection.alias, _COLUMNS[model], values)


def names_of(table: str, owner: str, entry: str, *, roles: Iterable[str]) -> str:
    """SQL for what `by_role` takes: the credits of one entry, in their order.

    Nobody where the person is retired and was not credited by a name.
    """
    listed = ", ".join(f"'{role}'" for role in roles)
    return f"""
        (SELECT coalesce(json_agg(json_build_array(
            c.role, coalesce(p.name, c.name), coalesce(p.name_language, '')
         ) ORDER BY c.role, c.position), '[]')
         FROM {table} c LEFT JOIN catalogue_person p ON p.id = c.person_id AND p.retired_at IS NULL
         WHERE c.{owner} = {entry} AND c.role IN ({listed}) AND (p.id IS NOT NULL OR c.name <> ''))"""


def by_role(credits: Iterable[tuple[str, str, str]]) -> dict[str, tuple[Name, ...]]:
    roles: dict[str, tuple[Name, ...]] = {}
    for role, text, language in credits:
        roles[role] = (*roles.get(role, ()), Name(text, language))
    return roles
