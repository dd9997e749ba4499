"""What TMDb and Open Library tell, made ready for a page: words, addresses, pictures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adaptapedia.catalogue.shown import Name
from adaptapedia.catalogue.told import BookTold, ScreenTold
from adaptapedia.web.countries import country_name
from adaptapedia.web.links import Link

IMAGES = "https://image.tmdb.org/"
"""Where pages may load TMDb's pictures from (CONTENT_SECURITY_POLICY)."""
POSTER = "w342"
"""The size of a poster at the head of a page, twice as wide as it is shown on most screens."""
SUBJECTS_SHOWN = 12

WAYS: dict[str, str | Promise] = {
    "flatrate": gettext_lazy("With a subscription"),
    "free": gettext_lazy("Free"),
    "ads": gettext_lazy("Free, with advertising"),
    "rent": gettext_lazy("To rent"),
    "buy": gettext_lazy("To buy"),
}
"""Ways of watching, in the order in which a page names them."""
TRAILERS = {"YouTube": "https://www.youtube.com/watch?v=", "Vimeo": "https://vimeo.com/"}


class Part(NamedTuple):
    """Somebody on screen, and whom they play; empty where that is not known."""

    name: Name
    character: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Where to watch in one country."""

    code: str
    country: str
    ways: Sequence[tuple[str, str]]
    """A way and its providers, in words."""
    link: str
    countries: Sequence[tuple[str, str]]
    """All countries in which somebody shows it: code and name, by name."""


def poster_of(told: ScreenTold | None) -> str:
    """The address of the poster; empty where there is none, or it would lie where pages may not load from."""
    if told is None or not told.poster_path.startswith("/") or not told.image_base.startswith(IMAGES):
        return ""
    size = POSTER if POSTER in told.poster_sizes else next(iter(told.poster_sizes), "original")
    return f"{told.image_base.rstrip('/')}/{size}{quote(told.poster_path)}"


def cover_of(told: BookTold | None) -> str:
    """The address of the cover; by its own number, which Open Library does not limit."""
    if told is None or told.cover_id is None or told.cover_id <= 0:
        return ""
    return f"https://covers.openlibrary.org/b/id/{told.cover_id}-M.jpg?default=false"


def runtime_in_words(minutes: int | None) -> str:
    """Hours and minutes; empty where it is not known."""
    if not minutes or minutes < 0:
        return ""
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, rest = divmod(minutes, 60)
    whole = _("%(hours)d h") % {"hours": hours}
    return _("%(whole)s %(minutes)d min") % {"whole": whole, "minutes": rest} if rest else whole


def trailer_of(told: ScreenTold) -> Link | None:
    """The first trailer on a site that we know the addresses of, an official one before others."""
    known = [trailer for trailer in told.trailers if trailer["site"] in TRAILERS and trailer["key"]]
    best = min(known, key=lambda trailer: not trailer["official"], default=None)
    if best is None:
        return None
    return Link(best["name"] or _("Trailer"), f"{TRAILERS[best['site']]}{quote(best['key'], safe='')}")


def parts_of(cast: Sequence[Name], told: ScreenTold | None) -> list[Part]:
    """Who is on screen, as the catalogue has their names; whom they play, as long as both agree on who they are."""
    members: Sequence[Mapping[str, Any]] = told.cast if told and len(told.cast) == len(cast) else ()
    characters = [str(member["character"]) for member in members] or [""] * len(cast)
    return [Part(name, character) for name, character in zip(cast, characters, strict=True)]


def watch_in(told: ScreenTold, country: str) -> Watch | None:
    """Where to watch it; None where no country is known in which somebody shows it."""
    if not told.countries:
        return None
    names = [(code, country_name(code)) for code in told.countries]
    return Watch(
        code=country,
        country=country_name(country),
        ways=[(str(words), _names(told.providers[way])) for way, words in WAYS.items() if told.providers.get(way)],
        link=str(told.providers.get("link", "")),
        countries=sorted(names, key=lambda named: named[1]),
    )


def _names(providers: Iterable[Sequence[Any]]) -> str:
    return ", ".join(dict.fromkeys(str(name) for _number, name in providers))
