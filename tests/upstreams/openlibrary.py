"""Open Library's search and works, answered from a catalogue, in the shapes of its own answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from tests.upstreams.catalogue import Catalogue, OpenLibraryRecord
from tests.upstreams.invented import NOUNS, Dice, sentences
from tests.upstreams.json_faults import NO_CONTACT
from tests.upstreams.messages import HTML, Answer, Request, names_contact

LIMIT = 100
"""Results of a search unless `limit` says otherwise."""
MOST = 1000
DESCRIBED = "https://openlibrary.org/dev/docs/api/search"
USUAL_FIELDS = {
    "key",
    "title",
    "author_key",
    "author_name",
    "cover_i",
    "edition_count",
    "first_publish_year",
    "language",
}
_KEYS = re.compile(r"/works/(OL\d+W)|\b(OL\d+W)\b")
_FIELD = re.compile(r"(?P<field>key|title|author|author_name):(?P<value>\([^)]*\)|\"[^\"]*\"|\S+)")
_WORK = re.compile(r"/works/(?P<key>OL\d+W)(?P<part>/ratings)?\.json")

STATUS_LINES = {429: "429 Too Many Requests", 500: "500 Internal Server Error", 401: "401 Unauthorized"} | {
    404: "404 Not Found",
    502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable", 504: "504 Gateway Time-out",
}  # fmt: skip


class OpenLibrary:
    """What Open Library answers."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.counted_only: set[str] = set()
        """Keys of works that a search counts and does not show."""
        self.shown_instead: dict[str, str] = {}
        """Of keys, those of the works that a search shows in their place."""

    def failure(self, status: int) -> Answer:
        line = STATUS_LINES[status]
        page = (
            f"<html>\n<head><title>{line}</title></head>\n<body>\n<center><h1>{line}</h1></center>\n</body>\n</html>\n"
        )
        return Answer(status, page.encode(), HTML)

    def refuse(self, request: Request) -> Answer | None:
        """Whoever does not say how to reach them is sent away with a page."""
        if names_contact(request.headers.get("user-agent", "")):
            return None
        return Answer(403, NO_CONTACT, HTML)

    def answer(self, request: Request) -> Answer:
        if request.path == "/search.json":
            return self._search(request.query)
        if match := _WORK.fullmatch(request.path):
            work = self.catalogue.works.get(match["key"])
            if work is None:
                return _json({"error": "notfound", "key": f"/works/{match['key']}"}, status=404)
            return _json(ratings(work) if match["part"] else record(work))
        return Answer(404, b"<html><head><title>Page Not Found</title></head><body>404</body></html>", HTML)

    def _search(self, query: Mapping[str, str]) -> Answer:
        try:
            limit, offset = int(query.get("limit", LIMIT)), int(query.get("offset", 0))
            page = int(query.get("page", 1))
        except ValueError:
            return _json(
                {"detail": [{"msg": "value is not a valid integer", "type": "type_error.integer"}]}, status=422
            )
        limit, offset = min(limit, MOST), offset or (page - 1) * limit
        found = self._found(query)
        asked = set(query["fields"].split(",")) if query.get("fields") else USUAL_FIELDS
        shown = [work for work in found[offset : offset + limit] if work.key not in self.counted_only]
        docs = [_chosen(doc(work), asked) for work in shown]
        return _json(
            {"numFound": len(found), "start": offset, "numFoundExact": True, "num_found": len(found)}
            | {"documentation_url": DESCRIBED, "q": query.get("q", ""), "offset": offset or None, "docs": docs}
        )

    def _found(self, query: Mapping[str, str]) -> list[OpenLibraryRecord]:
        """By keys, in the order of the catalogue; else by words, the best first. A work merged away is not found."""
        q = query.get("q", "")
        clauses = {match["field"]: match["value"].strip('()"') for match in _FIELD.finditer(q)}
        if "key" in clauses:
            keys = {first or second for first, second in _KEYS.findall(clauses["key"])}
            return [work for key in sorted(keys, key=_number) if (work := self._work(key)) is not None]
        title = clauses.get("title") or query.get("title", "")
        author = clauses.get("author") or clauses.get("author_name") or query.get("author", "")
        words = " ".join([title, author, " ".join(_FIELD.sub(" ", q).split())])
        ranked = sorted(self.catalogue.search_works(words), key=lambda hit: (-hit[0], -editions(hit[1]), hit[1].key))
        return [work for _, work in ranked]

    def _work(self, key: str) -> OpenLibraryRecord | None:
        work = self.catalogue.works.get(self.shown_instead.get(key, key))
        return None if work is None or work.redirect else work


def doc(work: OpenLibraryRecord) -> dict[str, Any]:
    """A work as one line of a search; what is not known is not there."""
    dice = Dice(work.key, "doc")
    rated = _summary(work)
    shown = {
        "key": f"/works/{work.key}",
        "type": "work",
        "title": work.title,
        "first_publish_year": work.year,
        "author_key": [key for key, _ in work.authors] or None,
        "author_name": [name for _, name in work.authors] or None,
        "language": list(work.languages) or None,
        "subject": subjects(work) or None,
        "cover_i": None if dice.hits(0.15) else dice.between(10_000, 14_000_000),
        "edition_count": editions(work),
        "ratings_average": rated["average"],
        "ratings_count": rated["count"] or None,
    }
    return {name: value for name, value in {**shown, **work.doc}.items() if value is not None}


def record(work: OpenLibraryRecord) -> dict[str, Any]:
    """A work's own record; of one that was merged away, where it went."""
    common = {"key": f"/works/{work.key}", "latest_revision": 7, "revision": 7} | {
        "created": _moment("2009-12-09T01:00:00"), "last_modified": _moment(work.changed or "2024-05-01T12:00:00"),
    }  # fmt: skip
    if work.redirect:
        return {"type": {"key": "/type/redirect"}, "location": f"/works/{work.redirect}", **common}
    role = {"type": {"key": "/type/author_role"}}
    shown = {"type": {"key": "/type/work"}, "title": work.title, "subjects": subjects(work)} | {
        "authors": [{"author": {"key": f"/authors/{key}"}, **role} for key, _ in work.authors],
        "covers": _covers(work),
        "description": _description(work),
    }  # fmt: skip
    return {name: value for name, value in {**shown, **common, **work.record}.items() if value not in (None, [])}


def ratings(work: OpenLibraryRecord) -> dict[str, Any]:
    summary = _summary(work)
    dice = Dice(work.key, "counts")
    counts = {str(stars): 0 for stars in range(1, 6)}
    for _ in range(summary["count"]):
        counts[str(dice.between(1, 5))] += 1
    return {"summary": {**summary, "sortable": summary["average"] and summary["average"] - 0.3}, "counts": counts}


def editions(work: OpenLibraryRecord) -> int:
    return int(work.doc.get("edition_count") or 1 + Dice(work.key, "editions").below(300))


def subjects(work: OpenLibraryRecord) -> list[str]:
    dice = Dice(work.key, "subjects")
    return ["Fiction", *(word.capitalize() for word in dice.some(NOUNS, dice.below(6)))]


def _summary(work: OpenLibraryRecord) -> dict[str, Any]:
    """As /ratings.json and the search have it; a work's `doc` may say otherwise."""
    dice = Dice(work.key, "ratings")
    count = work.doc.get("ratings_count", 0 if dice.hits(0.3) else dice.between(1, 400))
    average = work.doc.get("ratings_average", round(2.5 + 2.4 * dice.share(), 6))
    return {"average": average if count else None, "count": count or 0}


def _covers(work: OpenLibraryRecord) -> list[int]:
    """Numbers of covers; -1 stands where one was taken away."""
    shown = doc(work).get("cover_i")
    dice = Dice(work.key, "covers")
    return [*([-1] if dice.hits(0.1) else []), *([shown] if shown else [])]


def _description(work: OpenLibraryRecord) -> str | dict[str, str] | None:
    dice = Dice(work.key, "description")
    if dice.hits(0.25):
        return None
    text = sentences(dice, 1, 4)
    return {"type": "/type/text", "value": text} if dice.hits(0.4) else text


def _chosen(shown: dict[str, Any], asked: set[str]) -> dict[str, Any]:
    return shown if "*" in asked else {name: value for name, value in shown.items() if name in asked}


def _moment(value: str) -> dict[str, str]:
    return {"type": "/type/datetime", "value": value}


def _number(key: str) -> int:
    return int(key[2:-1])


def _json(body: Any, *, status: int = 200) -> Answer:
    return Answer(status, orjson.dumps(body), "application/json")
