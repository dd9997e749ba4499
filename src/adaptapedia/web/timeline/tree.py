"""Who is a remake of whom, made safe: no one descends from themselves."""

from collections.abc import Iterable, Mapping

from adaptapedia.web.timeline.records import Member


def parents_of(members: Iterable[Member]) -> dict[str, str]:
    """For each remake the key of its original, as far as that is among `members`.

    In a circle of remakes, which upstreams do state, the earliest has no original.
    """
    members = sorted(members, key=lambda member: (member.year is None, member.year or 0, member.key))
    known = {member.key for member in members}
    parents: dict[str, str] = {}
    for member in reversed(members):
        if member.parent in known and not _descends(member.parent, from_=member.key, parents=parents):
            parents[member.key] = member.parent
    return parents


def depth_of(key: str, parents: Mapping[str, str]) -> int:
    """0 for what is made from the book, 1 for a remake of it, 2 for a remake of that."""
    depth = 0
    while key in parents:
        key, depth = parents[key], depth + 1
    return depth


def _descends(key: str | None, *, from_: str, parents: Mapping[str, str]) -> bool:
    while key is not None:
        if key == from_:
            return True
        key = parents.get(key)
    return False
