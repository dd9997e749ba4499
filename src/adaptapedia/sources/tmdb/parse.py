"""Answers of TMDb → records. Pure.

A value that cannot be used becomes a Problem of its record; an answer that is not about what was asked is an error.
"""

from typing import Any

from adaptapedia.sources.errors import Truncated, Unavailable
from adaptapedia.sources.tmdb.queries import APPENDS, LAST_PAGE
from adaptapedia.sources.tmdb.records import (
    ChangesPage,
    Found,
    ImageSizes,
    Problem,
    SearchHit,
    SearchPage,
    Title,
    TitleKind,
    TitleRef,
)
from adaptapedia.sources.tmdb.refusals import refusal
from adaptapedia.sources.tmdb.shapes import IMAGE_BASE, IMAGE_SIZE, language
from adaptapedia.sources.tmdb.title import read_title
from adaptapedia.sources.values import Part, shown

_FOUND = {TitleKind.MOVIE: "movie_results", TitleKind.TV: "tv_results"}
_OTHERS = ("person_results", "tv_episode_results", "tv_season_results")
_NAMES = {
    TitleKind.MOVIE: ("title", "original_title", "release_date"),
    TitleKind.TV: ("name", "original_name", "first_air_date"),
}


def title(body: Any, ref: TitleRef) -> Title:
    """The title that was asked for. Raises Unavailable where the body is about another, or about none, and
    Truncated where one of the parts that were to be appended is missing: what is not told must not look gone."""
    part = _answer(body, "a title")
    if part.whole("id") != ref.tmdb_id:
        raise Unavailable(f"TMDb answered something that is not {ref.kind} {ref.tmdb_id}", evidence=shown(body))
    for name in APPENDS[ref.kind]:
        if not part.is_object(name) or part.part(name).holds("success"):
            raise Truncated(f"TMDb's answer about {ref.kind} {ref.tmdb_id} lacks its {name}", evidence=shown(body))
    return read_title(part, ref)


def search_page(body: Any, kind: TitleKind) -> SearchPage:
    """A page of results for one kind of title."""
    part = _answer(body, "a page of results")
    page, pages = _pages(part, body)
    hits = tuple(hit for result in part.parts("results") if (hit := _hit(result, kind)))
    return SearchPage(hits, page, min(pages, LAST_PAGE), _problems(part))


def found(body: Any) -> Found:
    """What a lookup brought, films first. Raises Truncated where one of the five lists is missing."""
    part = _answer(body, "a lookup")
    if missing := [name for name in (*_FOUND.values(), *_OTHERS) if not part.is_list(name)]:
        raise Truncated(f"TMDb's answer to a lookup lacks {', '.join(missing)}", evidence=shown(body))
    hits = tuple(hit for kind, name in _FOUND.items() for result in part.parts(name) if (hit := _hit(result, kind)))
    return Found(hits, sum(len(part.values(name)) for name in _OTHERS), _problems(part))


def changes_page(body: Any, kind: TitleKind, asked: int) -> ChangesPage:
    """A page of changed ids, in order, each once. Raises Truncated where it is not the page that was asked for."""
    part = _answer(body, "a page of changes")
    page, pages = _pages(part, body)
    if page != asked:
        raise Truncated(f"TMDb answered page {page} of what changed where page {asked} was due", evidence=shown(body))
    ids = {number for result in part.parts("results") if (number := _id(result))}
    return ChangesPage(tuple(TitleRef(kind, number) for number in sorted(ids)), page, pages, _problems(part))


def image_sizes(body: Any) -> ImageSizes:
    """How images are addressed. Raises Truncated where the address or a kind of size is missing."""
    images = _answer(body, "its configuration").part("images")
    base_url = images.shaped("secure_base_url", IMAGE_BASE, reason="malformed_address")
    kinds = ("poster_sizes", "backdrop_sizes", "profile_sizes", "logo_sizes")
    sizes = [tuple(images.texts(name, shape=IMAGE_SIZE, reason="malformed_size")) for name in kinds]
    if not base_url or not all(sizes):
        raise Truncated("TMDb's configuration does not say how images are addressed", evidence=shown(body))
    return ImageSizes(base_url, *sizes)


def _answer(body: Any, due: str) -> Part:
    """The answer's outermost object. Raises what a refusal inside it stands for, and Unavailable for no object."""
    if refused := refusal(200, body, shown(body)):
        raise refused
    if not isinstance(body, dict):
        raise Unavailable(f"TMDb answered something that is not {due}", evidence=shown(body))
    return Part(body)


def _pages(part: Part, body: Any) -> tuple[int, int]:
    """Which page it is, and of how many. Raises Truncated where it does not say, or holds no list."""
    page, pages = part.whole("page", least=1), part.whole("total_pages")
    if page is None or pages is None or not part.is_list("results"):
        raise Truncated("TMDb's answer is no page of anything", evidence=shown(body))
    return page, pages


def _hit(part: Part, kind: TitleKind) -> SearchHit | None:
    number = _id(part)
    if number is None:
        return None
    title_member, original_member, released_member = _NAMES[kind]
    name, original = part.text(title_member), part.text(original_member)
    return SearchHit(
        ref=TitleRef(kind, number),
        title=name or original,
        original_title=original or name,
        original_language=language(part, "original_language"),
        released=part.day(released_member),
        popularity=part.real("popularity") or 0.0,
        votes=part.whole("vote_count") or 0,
    )


def _id(part: Part) -> int | None:
    """A title's number; what is not one is a problem."""
    if not part.holds("id"):
        part.problem("no_id", "id", None)
    return part.whole("id", least=1)


def _problems(part: Part) -> tuple[Problem, ...]:
    return tuple(Problem(reason, value) for reason, value in part.problems())
