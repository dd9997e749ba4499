"""A screen item of Wikidata → the title that TMDb has for it, with what two catalogues do not agree on."""

from __future__ import annotations

import math
from calendar import monthrange

from tests.upstreams.catalogue import Person, TmdbTitle
from tests.upstreams.invented import Dice
from tests.upstreams.universe.facts import ScreenItem
from tests.upstreams.universe.numbers import Numbers
from tests.upstreams.universe.options import Options
from tests.upstreams.universe.people import People
from tests.upstreams.universe.spelling import foreign_title, invented_title, respelt

FIRST_ID, LAST_ID = 2, 1_400_000
TV_GENRES = {
    "Action": "Action & Adventure", "Adventure": "Action & Adventure", "Science Fiction": "Sci-Fi & Fantasy",
    "Fantasy": "Sci-Fi & Fantasy", "War": "War & Politics", "Thriller": "Drama", "Horror": "Mystery",
    "Romance": "Drama", "Music": "Drama",
}  # fmt: skip


class Films:
    """Makes titles; `odd` of each tells what is not as Wikidata has it."""

    def __init__(self, people: People, options: Options) -> None:
        self._people = people
        self._options = options
        self.numbers = {kind: Numbers(kind, options.seed, FIRST_ID, LAST_ID) for kind in ("movie", "tv")}

    def is_absent(self, item: ScreenItem) -> bool:
        return self._dice(item, "absent").hits(self._options.absent)

    def title(self, item: ScreenItem) -> TmdbTitle:
        dice, odd = self._dice(item, "title"), []
        kind = item.kind
        if dice.hits(0.002):
            kind = {"movie": "tv", "tv": "movie"}[kind]
            odd.append("other-kind")
        name, original, also = self._names_of(item, odd)
        date = self._date(item, odd)
        genres = tuple(dict.fromkeys(TV_GENRES.get(one, one) for one in item.genres))
        imdb, wikidata = self._external(item)
        return TmdbTitle(
            kind=kind,
            id=self.numbers[kind].of(item.qid),
            title=name,
            original_title=original,
            language=self._language(item, odd) or ("en" if dice.hits(0.8) else "xx"),
            date=date,
            ended=self._ended(item, date) if kind == "tv" else "",
            popularity=popularity(dice, known=bool(item.imdb)),
            imdb=imdb,
            wikidata=wikidata,
            with_episode=dice.hits(0.003),
            directors=self._directors(item, odd),
            countries=item.countries,
            genres=(genres if kind == "tv" else item.genres) or None,
            runtime=dice.between(4, 38) if item.short else None,
            also=also,
            years=self._other_years(item, date),
            odd=tuple(odd),
            of=item.qid,
        )  # fmt: skip

    def _names_of(self, item: ScreenItem, odd: list[str]) -> tuple[str, str, tuple[str, ...]]:
        """Title, original title and others. A film of another language mostly has an English title here."""
        dice, label = self._dice(item, "names"), item.label
        name = respelt(dice, label) if dice.hits(self._options.respelt) else label
        if name != label:
            odd.append("respelt")
        if item.language in {"", "en"}:
            return self._articled(dice, name, odd), item.original_title or name, ()
        if item.original_title:
            odd.append("translated")
            return name, item.original_title, ()
        thrown = dice.share()
        if thrown < 0.45:
            return name, name, ()
        odd.append("translated")
        if thrown < 0.90:
            return name, self.original_title(item), ()
        if thrown < 0.985:  # Wikidata's label is the original one, and TMDb translates it
            return invented_title(dice), name, ()
        odd.append("found-by-another-title")
        return invented_title(dice), self.original_title(item), (name,)

    def original_title(self, item: ScreenItem) -> str:
        """In its own language, where nobody told it."""
        return item.original_title or foreign_title(self._dice(item, "original"), item.language)

    def _articled(self, dice: Dice, name: str, odd: list[str]) -> str:
        if not dice.hits(0.008):
            return name
        odd.append("article")
        return name.removeprefix("The ") if name.startswith("The ") else f"The {name}"

    def _date(self, item: ScreenItem, odd: list[str]) -> str:
        dice = self._dice(item, "date")
        if dice.hits(0.006):
            odd.append("no-date")
            return ""
        if item.year is None:
            odd.append("year-unknown-to-wikidata")
            return day_in(dice.between(1925, 2023), dice)
        if dice.hits(self._options.year_off):
            odd.append("year-off")
            return day_in(item.year + dice.one((1, 1, -1)), dice)
        if dice.hits(0.003):
            odd.append("year-far-off")
            return day_in(item.year + dice.one((2, 3, -2)), dice)
        return item.day or day_in(item.year, dice)

    def _ended(self, item: ScreenItem, date: str) -> str:
        dice = self._dice(item, "ended")
        if not date or (item.ended is None and dice.hits(0.2)):
            return ""
        first = int(date[:4])
        return max(date, day_in(max(first, item.ended or first + dice.below(6)), dice))

    def _other_years(self, item: ScreenItem, date: str) -> tuple[int, ...]:
        """When it was shown elsewhere; often what the other catalogue takes for its year is among them."""
        if not date:
            return ()
        dice, first = self._dice(item, "elsewhere"), int(date[:4])
        years = {first + 1} if dice.hits(0.25) else set()
        if item.year is not None and item.year != first and dice.hits(0.6):
            years.add(item.year)
        return tuple(sorted(years - {first}))

    def _language(self, item: ScreenItem, odd: list[str]) -> str:
        dice = self._dice(item, "language")
        if not item.language or not dice.hits(self._options.other_languages):
            return item.language
        odd.append("other-language")
        return "fr" if item.language == "en" else "en"

    def _external(self, item: ScreenItem) -> tuple[str, str]:
        """IMDb's and Wikidata's; TMDb has not all of them."""
        dice = self._dice(item, "external")
        if self._options.no_external_ids:
            return "", ""
        imdb = item.imdb[0] if item.imdb and dice.hits(0.95) else ""
        return imdb, f"Q{item.qid}" if dice.hits(0.55) else ""

    def _directors(self, item: ScreenItem, odd: list[str]) -> tuple[Person, ...]:
        dice = self._dice(item, "directors")
        if dice.hits(0.005):
            odd.append("no-director")
            return ()
        if not item.directors:
            return (self._people.stranger(item.qid),)
        if dice.hits(0.005):
            odd.append("other-director")
            return (self._people.stranger(item.qid),)
        return tuple(self._people.of_item(qid) for qid in item.directors)

    def _dice(self, item: ScreenItem, about: str) -> Dice:
        return Dice(self._options.seed, item.qid, about)


def popularity(dice: Dice, *, known: bool) -> float:
    """As TMDb's are spread: most near nothing, few very high."""
    bell = sum(dice.share() for _ in range(4)) - 2
    return round(max(0.6, math.exp((1.9 if known else 0.9) + 1.4 * bell)), 3)


def day_in(year: int, dice: Dice) -> str:
    month = dice.between(1, 12)
    return f"{year:04}-{month:02}-{dice.between(1, monthrange(year, month)[1]):02}"
