"""Who is on the screen and behind it. Pure.

A film has `credits`, a line for each part somebody plays or job somebody does. A series has `aggregate_credits`, a
line a person with everything they did in all its episodes, and `created_by` of its own.
"""

from collections.abc import Iterator

from adaptapedia.sources.tmdb.records import CastMember, CrewMember, TitleKind
from adaptapedia.sources.tmdb.shapes import image_path
from adaptapedia.sources.values import LARGEST_NUMBER, Part

MOST_CHARACTERS = 3
"""Of one person in a series, those with the most episodes."""
UNBILLED = LARGEST_NUMBER
"""The order of somebody without one: after everybody else."""


def cast_of(part: Part, kind: TitleKind) -> tuple[CastMember, ...]:
    """The best billed first, in TMDb's order where the billing does not tell; each person's part once."""
    credits = part.part("credits" if kind is TitleKind.MOVIE else "aggregate_credits")
    found: dict[tuple[int, str], CastMember] = {}
    for one in credits.parts("cast"):
        if person := _person(one):
            character = one.text("character") if kind is TitleKind.MOVIE else _characters(one)
            order = one.whole("order")
            member = CastMember(
                *person, character, UNBILLED if order is None else order, image_path(one, "profile_path")
            )
            found.setdefault((member.person_id, member.character), member)
    return tuple(sorted(found.values(), key=lambda member: member.order))


def crew_of(part: Part, kind: TitleKind) -> tuple[CrewMember, ...]:
    """In TMDb's order, a series' creators first; each person's job once."""
    film = kind is TitleKind.MOVIE
    found: dict[tuple[int, str], CrewMember] = {}
    for member in _film_crew(part.part("credits")) if film else _series_crew(part):
        found.setdefault((member.person_id, member.job), member)
    return tuple(found.values())


def _film_crew(credits: Part) -> Iterator[CrewMember]:
    for one in credits.parts("crew"):
        person, job = _person(one), one.text("job")
        if person and job:
            yield CrewMember(*person, job, one.text("department"))


def _series_crew(part: Part) -> Iterator[CrewMember]:
    for one in part.parts("created_by"):
        if person := _person(one):
            yield CrewMember(*person, "Creator", "")
    for one in part.part("aggregate_credits").parts("crew"):
        if person := _person(one):
            for job in filter(None, [task.text("job") for task in one.parts("jobs")]):
                yield CrewMember(*person, job, one.text("department"))


def _person(part: Part) -> tuple[int, str] | None:
    """Number and name; without one of them it is nobody."""
    number, name = part.whole("id", least=1), part.text("name")
    if number and name:
        return number, name
    part.problem("nobody", "", name or number or "")
    return None


def _characters(part: Part) -> str:
    """The parts somebody plays in a series, those with the most episodes first."""
    roles = [(-(one.whole("episode_count") or 0), one.text("character")) for one in part.parts("roles")]
    names = [character for _, character in sorted(roles, key=lambda role: role[0]) if character]
    return " / ".join(list(dict.fromkeys(names))[:MOST_CHARACTERS])
