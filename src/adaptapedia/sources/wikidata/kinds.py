"""What an item is, by its classes: which screen work, which written work. Pure.

Which class an item has (P31) is anybody's choice among thousands, so the nearest known class above
it in the tree of P279 decides; distances are counted in steps.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from adaptapedia.sources.wikidata.records import ClassEdge

AUDIOVISUAL_WORK = 2431196
LITERARY_WORK = 7725634
WRITTEN_WORK = 47461344
ROOTS = (AUDIOVISUAL_WORK, LITERARY_WORK, WRITTEN_WORK)

VIDEO_GAME = 7889
"""Somebody's class of audiovisual works, and none of ours."""

SCREEN_KINDS = {
    1259759: "miniseries",
    5398426: "series",
    63952888: "series",  # anime television series
    581714: "series",  # animated series
    526877: "series",  # web series
    506240: "television_film",
    24862: "short",
    11424: "film",
    202866: "film",  # animated film
}
"""Class → kind. Where an item has several, the one that comes first here."""

WRITTEN_FORMS = {
    8274: "manga",
    21198342: "manga",  # manga series
    1004: "comic",
    14406742: "comic",  # comic book series
    8261: "novel",
    149537: "novella",
    49084: "short_story",
    699: "short_story",  # fairy tale
    25379: "play",
    5185279: "poem",
    277759: "book_series",
    1667921: "book_series",  # novel series
    571: "book",
}
"""Class → form. Where an item has several, the one that comes first here."""


class ClassTree:
    """The tree of classes under `ROOTS`. Cycles, which people make, do no harm."""

    def __init__(self, edges: Iterable[ClassEdge]) -> None:
        self._parents: defaultdict[int, set[int]] = defaultdict(set)
        for edge in edges:
            self._parents[edge.child].add(edge.parent)
        self._levels: dict[int, tuple[frozenset[int], ...]] = {}

    def screen_kind(self, classes: Collection[int]) -> str | None:
        """`film`, `television_film`, `short`, `series`, `miniseries`, `other`, or None: nothing for a screen."""
        on_screen = [item_class for item_class in classes if self._is_on_screen(item_class)]
        if not on_screen:
            return None
        return self._first(on_screen, SCREEN_KINDS) or "other"

    def written_form(self, classes: Collection[int]) -> str | None:
        """One of WRITTEN_FORMS, else `literary_work` or `written_work`, or None: nothing to read."""
        if form := self._first(classes, WRITTEN_FORMS):
            return form
        above = {ancestor for item_class in classes for ancestor in self._ancestors(item_class)}
        if LITERARY_WORK in above:
            return "literary_work"
        return "written_work" if WRITTEN_WORK in above else None

    def _is_on_screen(self, item_class: int) -> bool:
        above = self._ancestors(item_class)
        if not above.isdisjoint(SCREEN_KINDS):
            return True
        return AUDIOVISUAL_WORK in above and VIDEO_GAME not in above

    def _first(self, classes: Collection[int], named: Mapping[int, str]) -> str | None:
        nearest = {known for item_class in classes for known in self._nearest(item_class, named)}
        return next((word for known, word in named.items() if known in nearest), None)

    def _nearest(self, item_class: int, named: Mapping[int, str]) -> frozenset[int]:
        """The named classes that fewest steps lead to from `item_class`, itself included."""
        return next((found for level in self._levels_above(item_class) if (found := level & named.keys())), frozenset())

    def _ancestors(self, item_class: int) -> frozenset[int]:
        return frozenset().union(*self._levels_above(item_class))

    def _levels_above(self, item_class: int) -> tuple[frozenset[int], ...]:
        """The class itself, its parents, theirs, and so on; each class once, at its least distance."""
        if item_class not in self._levels:
            levels, seen = [frozenset({item_class})], {item_class}
            while above := frozenset(parent for one in levels[-1] for parent in self._parents.get(one, ())) - seen:
                levels.append(above)
                seen |= above
            self._levels[item_class] = tuple(levels)
        return self._levels[item_class]
