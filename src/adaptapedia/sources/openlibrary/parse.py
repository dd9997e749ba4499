"""Answers of Open Library → records. Pure.

A value that cannot be used becomes a Problem of its record; an answer that is not about what was asked is an error.
"""

import re
from collections.abc import Collection
from typing import Any

from adaptapedia.sources.errors import NotFound, Rejected, SourceError, Truncated, Unavailable
from adaptapedia.sources.openlibrary.queries import WORK_KEY
from adaptapedia.sources.openlibrary.records import Description, OpenLibraryWork, Problem
from adaptapedia.sources.values import LARGEST_NUMBER, LONGEST_TEXT, Part, shown

NO_COVER = -1
"""Stands where a cover was taken away again."""
FIRST_YEAR, LAST_YEAR = -5000, 2100

_LANGUAGE = re.compile(r"[a-z]{3}")
_AUTHOR_KEY = re.compile(r"OL[1-9]\d{0,9}A", re.ASCII)
_PREFIX = "/works/"
_NOT_FOUND = 404
_FORBIDDEN = 403


def refusal(status: int, body: Any, evidence: str) -> SourceError | None:
    """The error that an answer stands for; None where its HTTP status says all that there is to say."""
    if _is_not_found(body):
        return NotFound("Open Library does not have what was asked for", evidence=evidence)
    if status == _NOT_FOUND:
        return Unavailable("What answered 404 was not Open Library: is OPEN_LIBRARY_BASE_URL right?", evidence=evidence)
    if status == _FORBIDDEN:
        return Rejected(
            "Open Library refuses our User-Agent: it must name a way to reach you; set CONTACT", evidence=evidence
        )
    return None


def works(body: Any, asked: Collection[str]) -> list[OpenLibraryWork]:
    """The works of an answer that were asked for, by key. Others stand there in place of works that were merged into
    them. Raises Truncated where it holds fewer than it counts, or none of several that were asked for."""
    part = _answer(body, "a search")
    count, docs = part.whole("numFound"), part.values("docs")
    if count is None or not part.is_list("docs"):
        raise Unavailable("Open Library answered something that is no search", evidence=shown(body))
    if count != len(docs):
        raise Truncated(f"Open Library's answer holds {len(docs)} works where {count} were found", evidence=shown(body))
    found: dict[str, OpenLibraryWork] = {}
    for doc in docs:
        key = _key(doc.get("key") if isinstance(doc, dict) else None)
        if key in asked:
            found.setdefault(key, _work(key, Part(doc)))
    if docs and not found and len(asked) > 1:
        raise Truncated("Open Library found nothing but works that were not asked for", evidence=shown(docs[0]))
    return [found[key] for key in sorted(found)]


def description(body: Any, key: str) -> Description:
    """What the work's own record says. Raises NotFound where the work was deleted, Unavailable where it is none."""
    part = _answer(body, "a work")
    kind, own = part.part("type").text("key"), _key(part.text("key"))
    if kind == "/type/delete":
        raise NotFound(f"Open Library deleted {key}", evidence=shown(body))
    if kind == "/type/redirect":
        return _redirected(part, key, body)
    if kind not in {"/type/work", ""} or not own:
        raise Unavailable(f"Open Library answered something that is not work {key}", evidence=shown(body))
    text = _description(part)
    return Description(key, text, "" if own == key else own, _problems(part))


def _redirected(part: Part, key: str, body: Any) -> Description:
    target = _key(part.text("location"))
    if not target or target == key:
        raise Unavailable(f"Open Library does not say where it moved {key}", evidence=shown(body))
    return Description(key, "", target, _problems(part))


def _answer(body: Any, due: str) -> Part:
    if _is_not_found(body):
        raise NotFound("Open Library does not have what was asked for", evidence=shown(body))
    if not isinstance(body, dict) or "error" in body:
        raise Unavailable(f"Open Library answered something that is not {due}", evidence=shown(body))
    return Part(body)


def _is_not_found(body: Any) -> bool:
    return isinstance(body, dict) and body.get("error") == "notfound"


def _key(address: object) -> str:
    """OL893415W out of /works/OL893415W; empty for anything else."""
    key = address.removeprefix(_PREFIX).removesuffix(".json") if isinstance(address, str) else ""
    return key if WORK_KEY.fullmatch(key) else ""


def _work(key: str, part: Part) -> OpenLibraryWork:
    title = part.text("title")
    if not title:
        part.problem("no_title", "title", None)
    ratings = part.whole("ratings_count")
    return OpenLibraryWork(
        key=key,
        title=title,
        first_year=_year(part),
        authors=_authors(part),
        subjects=tuple(part.texts("subject")),
        languages=tuple(sorted(part.texts("language", shape=_LANGUAGE, reason="malformed_language"))),
        cover_id=_cover(part),
        editions=part.whole("edition_count"),
        rating=None if ratings == 0 else part.real("ratings_average", least=1.0, most=5.0),
        ratings=ratings,
        problems=_problems(part),
    )


def _year(part: Part) -> int | None:
    year = part.whole("first_publish_year", least=FIRST_YEAR, most=LAST_YEAR)
    if year == 0:
        part.problem("number_out_of_range", "first_publish_year", year)
    return year or None


def _authors(part: Part) -> tuple[tuple[str, str], ...]:
    """Keys and names, which come in two lists; where these do not match nobody can say whose name is whose."""
    keys, names = part.values("author_key"), part.values("author_name")
    if len(keys) != len(names):
        part.problem("authors_do_not_match", "author_key", f"{len(keys)} keys, {len(names)} names")
        return ()
    found: dict[str, str] = {}
    for key, name in zip(keys, names, strict=True):
        one = part.made_of(author_key=key, author_name=name)
        if (told := one.shaped("author_key", _AUTHOR_KEY, reason="malformed_id")) and (said := one.text("author_name")):
            found.setdefault(told, said)
    return tuple(found.items())


def _cover(part: Part) -> int | None:
    cover = part.whole("cover_i", least=NO_COVER, most=LARGEST_NUMBER)
    return cover if cover and cover > 0 else None


def _description(part: Part) -> str:
    """Words, or an object of the words and their type."""
    if part.is_object("description"):
        return part.part("description").text("value", longest=LONGEST_TEXT)
    return part.text("description", longest=LONGEST_TEXT)


def _problems(part: Part) -> tuple[Problem, ...]:
    return tuple(Problem(reason, value) for reason, value in part.problems())
