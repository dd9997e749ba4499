"""What TMDb has and Wikidata has not, named so that one may take it for something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.upstreams.catalogue import TmdbTitle
from tests.upstreams.invented import Dice
from tests.upstreams.universe.facts import ScreenItem
from tests.upstreams.universe.films import Films, day_in, popularity
from tests.upstreams.universe.options import Options
from tests.upstreams.universe.people import People

MAKING = ("The Making of {}", "{}: Behind the Scenes", "Inside {}", "{}: The Making Of", "On the Set of {}")
NEXT = ("{} 2", "{}: Part 2", "{} II", "{}: The Beginning", "Return to {}")
LANGUAGES = ("en", "en", "en", "fr", "de", "es", "it", "ja", "ko", "hi")


class Decoys:
    """Makes what stands around one item's title, whether TMDb has that or not."""

    def __init__(self, films: Films, people: People, options: Options) -> None:
        self._films = films
        self._people = people
        self._options = options

    def around(self, item: ScreenItem) -> Iterator[TmdbTitle]:
        options, dice = self._options, Dice(self._options.seed, item.qid, "decoys")
        chances: tuple[tuple[float, Callable[[ScreenItem, Dice], Iterator[TmdbTitle]]], ...] = (
            (options.same_names, self._same_names),
            (options.remakes, self._remake),
            (options.making_ofs, self._making_of),
            (options.sequels, self._sequel),
            (options.other_kinds, self._other_kind),
            (options.shorts, self._short),
            (options.same_hands, self._same_hand),
        )
        for share, make in chances:
            if dice.hits(share):
                yield from make(item, dice)

    def _same_names(self, item: ScreenItem, dice: Dice) -> Iterator[TmdbTitle]:
        """Obscure mostly, well known now and then; from another time."""
        for at in range(dice.between(1, 3)):
            years = [self._year(item) + apart for apart in (-dice.between(2, 60), dice.between(2, 60))]
            likely = [year for year in years if 1900 <= year <= 2024] or [1990]
            known = dice.hits(0.3)
            yield self._title(item, f"same-name-{at}", dice, year=dice.one(likely), known=known)

    def _remake(self, item: ScreenItem, dice: Dice) -> Iterator[TmdbTitle]:
        yield self._title(item, "remake", dice, year=self._year(item) + dice.one((-1, 0, 1)))

    def _making_of(self, item: ScreenItem, dice: Dice) -> Iterator[TmdbTitle]:
        name = dice.one(MAKING).format(item.label)
        year = self._year(item) + dice.below(2)
        yield self._title(
            item, "making-of", dice, name=name, year=year, genres=("Documentary",), runtime=dice.between(12, 90)
        )

    def _sequel(self, item: ScreenItem, dice: Dice) -> Iterator[TmdbTitle]:
        name = dice.one(NEXT).format(item.label)
        directors = tuple(map(self._people.of_item, item.directors))
        year = self._year(item) + dice.between(1, 4)
        yield self._title(item, "sequel", dice, name=name, year=year, directors=directors)

    def _other_kind(self, item: ScreenItem, dice: Dice) -> Iterator[TmdbTitle]:
        kind = {"movie": "tv", "tv": "movie"}[item.kind]
        yield self._title(item, "other-kind", dice, kind=kind, year=self._year(item) + dice.between(-8, 8))

    def _short(self, item: ScreenItem, dice: Dice) -> Iterator[TmdbTitle]:
        year = self._year(item) + dice.between(-1, 1)
        yield self._title(item, "short", dice, kind="movie", year=year, runtime=dice.between(3, 25))

    def _same_hand(self, item: ScreenItem, dice: Dice) -> Iterator[TmdbTitle]:
        """What its director had made of it before, or made of it again."""
        directors = tuple(map(self._people.of_item, item.directors))
        if dice.hits(0.5):
            year, runtime = self._year(item) - dice.below(4), dice.between(3, 30)
            yield self._title(item, "same-hand", dice, kind="movie", year=year, directors=directors, runtime=runtime)
        else:
            year = self._year(item) + dice.between(2, 25)
            yield self._title(item, "same-hand", dice, year=year, directors=directors)

    def _title(
        self, item: ScreenItem, why: str, dice: Dice, *, year: int, kind: str = "", name: str = "", known: bool = False,
        directors: tuple[tuple[int, str], ...] = (), genres: tuple[str, ...] | None = None, runtime: int | None = None,
    ) -> TmdbTitle:  # fmt: skip
        name, kind = name or item.label, kind or item.kind
        date = day_in(year, dice)
        return TmdbTitle(
            kind=kind,
            id=self._films.numbers[kind].of((item.qid, why)),
            title=name,
            original_title=name,
            language=dice.one(LANGUAGES),
            date=date,
            ended=date if kind == "tv" else "",
            popularity=popularity(dice, known=known),
            directors=directors or (self._people.stranger(item.qid, why),),
            genres=genres,
            runtime=runtime,
            odd=(f"decoy-{why.rstrip('-0123456789')}",),
            beside=item.qid,
        )

    def _year(self, item: ScreenItem) -> int:
        return item.year or Dice(self._options.seed, item.qid, "some year").between(1930, 2020)
