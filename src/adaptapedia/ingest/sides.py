"""On which side of the catalogue an item belongs, by its classes and its place in a pair."""

from collections.abc import Callable, Collection
from functools import cache

from django.db import connection

from adaptapedia.ingest.models import Sweep, SweepItem
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import stage
from adaptapedia.sources.wikidata.kinds import ClassTree
from adaptapedia.sources.wikidata.records import ClassEdge, Item

SETTLED_AT_ONCE = 50_000
"""Items looked at in one go; what is read of each is a few numbers."""

Side = SweepItem.Side


def class_tree(sweep: Sweep) -> ClassTree:
    """The tree that the sweep has read."""
    return ClassTree(ClassEdge(child, parent) for child, parent in sweep.classes)


def side_of(item: Item, tree: ClassTree, *, is_subject: bool) -> str:
    """On which side of the catalogue an item belongs.

    Some items are both, such as a manga and the series made from it under one name. One that is
    based on something is the screen work; one that things are based on is the written work.
    """
    return not_there(item) or _side(item.classes, tree, is_subject=is_subject)


def not_there(item: Item) -> str:
    """`absent` or `redirect`; empty for an item that is there."""
    if not item.exists:
        return Side.ABSENT
    return Side.REDIRECT if item.redirect_to is not None else ""


def settle_sides(sweep: Sweep, *, targets_only: bool = False) -> None:
    """Give items of pairs their side anew: those carried over (the classes above them may have changed), or only
    those that redirects lead to (which may have become the subject of a pair)."""
    side = _remembering(class_tree(sweep))
    after = 0
    while rows := _sided(sweep, after, targets_only=targets_only):
        after = rows[-1][0]
        moved = [(qid, due) for qid, had, classes, is_subject in rows if (due := side(classes, is_subject)) != had]
        stage("stage_side", ("qid", "side"), moved)
        execute(statement("sides"), {"sweep": sweep.pk})


def _side(classes: Collection[int], tree: ClassTree, *, is_subject: bool) -> str:
    on_screen, written = tree.screen_kind(classes), tree.written_form(classes)
    if on_screen and (is_subject or not written):
        return Side.SCREEN
    return Side.WORK if written else Side.OTHER


def _remembering(tree: ClassTree) -> Callable[[Collection[int], bool], str]:
    """Tens of thousands of items share a few hundred combinations of classes."""

    @cache
    def of(classes: tuple[int, ...], is_subject: bool) -> str:
        return _side(classes, tree, is_subject=is_subject)

    return lambda classes, is_subject: of(tuple(classes), is_subject)


def _sided(sweep: Sweep, after: int, *, targets_only: bool) -> list[tuple[int, str, list[int], bool]]:
    with connection.cursor() as cursor:
        parameters = {"sweep": sweep.pk, "after": after, "all": not targets_only, "limit": SETTLED_AT_ONCE}
        cursor.execute(statement("sided_items"), parameters)
        return [*cursor.fetchall()]
