"""Where else an entry is described: addresses of its external ids."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from django.utils.translation import gettext as _

from adaptapedia.catalogue.models import ExternalId
from adaptapedia.catalogue.pages import Claim


class Link(NamedTuple):
    text: str
    address: str
    same: bool = True
    """Whether it describes this very entry. A search for an ISBN describes nothing."""


def elsewhere(wikidata_id: int | None, external_ids: Iterable[Claim]) -> list[Link]:
    """Links to what others have on an entry, Wikidata first."""
    item = f"Q{wikidata_id}"
    first = [Link(f"Wikidata {item}", f"https://www.wikidata.org/wiki/{item}")] if wikidata_id else []
    links = (_link(*claim) for claim in external_ids)
    return first + [link for link in links if link is not None]


def _link(scheme: str, value: str) -> Link | None:
    """None for a scheme that no page is known for."""
    part = quote(value, safe="")
    match scheme:
        case ExternalId.Scheme.IMDB:
            return Link(f"IMDb {value}", f"https://www.imdb.com/title/{part}/")
        case ExternalId.Scheme.TMDB_MOVIE:
            return Link(f"TMDB {value}", f"https://www.themoviedb.org/movie/{part}")
        case ExternalId.Scheme.TMDB_TV:
            return Link(_("TMDB series %(id)s") % {"id": value}, f"https://www.themoviedb.org/tv/{part}")
        case ExternalId.Scheme.OPEN_LIBRARY:
            shelf = "works" if value.endswith("W") else "books"
            return Link(f"Open Library {value}", f"https://openlibrary.org/{shelf}/{part}")
        case ExternalId.Scheme.ISBN:
            return Link(f"ISBN {value}", f"https://en.wikipedia.org/wiki/Special:BookSources/{part}", same=False)
        case ExternalId.Scheme.TMDB_PERSON:
            return Link(f"TMDB {value}", f"https://www.themoviedb.org/person/{part}")
        case _:
            return None
