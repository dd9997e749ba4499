"""One title with all its appended parts. Pure."""

from collections.abc import Iterator

from adaptapedia.sources.tmdb.credits import cast_of, crew_of
from adaptapedia.sources.tmdb.records import Certificate, Problem, Provider, Season, Title, TitleKind, TitleRef, Trailer
from adaptapedia.sources.tmdb.shapes import (
    ADDRESS,
    COUNTRY,
    FEW_WORDS,
    QID,
    TRAILER_KEY,
    country,
    image_path,
    imdb_id,
    language,
)
from adaptapedia.sources.values import LONGEST_TEXT, Part

LONGEST_RUNTIME = 100_000
"""Minutes: the longest film there is takes 51,420."""
WAYS = ("flatrate", "free", "ads", "rent", "buy")
SITES = {"YouTube", "Vimeo"}


def read_title(part: Part, ref: TitleRef) -> Title:
    """The title in an answer that is known to be about it."""
    film = ref.kind is TitleKind.MOVIE
    name, original = (part.text(one) for one in (("title", "original_title") if film else ("name", "original_name")))
    if not name and not original:
        part.problem("no_title", "title" if film else "name", None)
    external = part.part("external_ids")
    watch = part.part("watch/providers").part("results")
    return Title(
        ref=ref,
        title=name or original,
        original_title=original or name,
        original_language=language(part, "original_language"),
        overview=part.text("overview", longest=LONGEST_TEXT),
        tagline=part.text("tagline"),
        status=part.shaped("status", FEW_WORDS, reason="malformed_status"),
        homepage=part.shaped("homepage", ADDRESS, reason="malformed_address"),
        released=part.day("release_date" if film else "first_air_date"),
        ended=None if film else part.day("last_air_date"),
        runtime=_minutes(part, film=film),
        episodes=None if film else part.whole("number_of_episodes"),
        popularity=part.real("popularity") or 0.0,
        vote_average=part.real("vote_average", most=10.0) or 0.0,
        votes=part.whole("vote_count") or 0,
        genres=tuple(_names(part, "genres")),
        countries=_countries(part),
        keywords=tuple(sorted(_names(part.part("keywords"), "keywords" if film else "results"))),
        poster_path=image_path(part, "poster_path"),
        backdrop_path=image_path(part, "backdrop_path"),
        imdb_id=imdb_id(external) or (imdb_id(part) if film else ""),
        wikidata_id=_number(external.shaped("wikidata_id", QID, reason="malformed_id")),
        cast=cast_of(part, ref.kind),
        crew=crew_of(part, ref.kind),
        seasons=tuple(_seasons(part)),
        providers=_providers(watch),
        provider_links=_links(watch),
        certificates=_certificates(part, film=film),
        trailers=_trailers(part.part("videos")),
        problems=tuple(Problem(reason, value) for reason, value in part.problems()),  # last: all else has been read
    )


def _minutes(part: Part, *, film: bool) -> int | None:
    """A film's length, or the first that is named of a series; TMDb writes 0 where it knows none."""
    if film:
        return part.whole("runtime", most=LONGEST_RUNTIME) or None
    return next(filter(None, part.wholes("episode_run_time", most=LONGEST_RUNTIME)), None)


def _number(qid: str) -> int | None:
    return int(qid[1:]) if qid else None


def _names(part: Part, name: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (one.text("name") for one in part.parts(name)))))


def _countries(part: Part) -> tuple[str, ...]:
    """Where it is from: the countries of origin, or where none is named those of production."""
    origins = set(part.texts("origin_country", shape=COUNTRY, reason="malformed_country"))
    makers = {code for one in part.parts("production_countries") if (code := country(one))}
    return tuple(sorted(origins or makers))


def _seasons(part: Part) -> Iterator[Season]:
    """By number, each once."""
    found: dict[int, Part] = {}
    for one in part.parts("seasons"):
        number = one.whole("season_number")
        if number is not None:
            found.setdefault(number, one)
    for number in sorted(found):
        one = found[number]
        episodes = one.whole("episode_count") or 0
        yield Season(number, one.text("name"), one.day("air_date"), episodes, image_path(one, "poster_path"))


def _links(watch: Part) -> tuple[tuple[str, str], ...]:
    """TMDb's page of where to watch, by country."""
    links = ((code, there.shaped("link", ADDRESS, reason="malformed_address")) for code, there in _by_country(watch))
    return tuple(sorted((code, link) for code, link in links if link))


def _providers(watch: Part) -> tuple[Provider, ...]:
    """Who shows it, by country, way and rank."""
    found = {provider for code, there in _by_country(watch) for provider in _shown_in(there, code)}
    return tuple(
        sorted(found, key=lambda one: (one.country, one.way, one.priority, one.provider_id, one.name, one.logo_path))
    )


def _by_country(watch: Part) -> Iterator[tuple[str, Part]]:
    for code, there in watch.members():
        if COUNTRY.fullmatch(code):
            yield code, there
        else:
            watch.problem("malformed_country", "", code)


def _shown_in(part: Part, code: str) -> Iterator[Provider]:
    for way in WAYS:
        for one in part.parts(way):
            number, name = one.whole("provider_id", least=1), one.text("provider_name")
            if number and name:
                priority = one.whole("display_priority") or 0
                yield Provider(code, way, number, name, image_path(one, "logo_path"), priority)


def _certificates(part: Part, *, film: bool) -> tuple[Certificate, ...]:
    """Every rating of a country, each once: a film may have one for the cinema and another for a disc."""
    found: set[Certificate] = set()
    for one in part.part("release_dates" if film else "content_ratings").parts("results"):
        places = one.parts("release_dates") if film else [one]
        name, code = ("certification" if film else "rating"), country(one)
        ratings = (place.shaped(name, FEW_WORDS, reason="malformed_rating") for place in places)
        found.update(Certificate(code, rating) for rating in ratings if code and rating)
    return tuple(sorted(found, key=lambda one: (one.country, one.rating)))


def _trailers(videos: Part) -> tuple[Trailer, ...]:
    """Official ones first, then the oldest."""
    found: dict[tuple[bool, str, str, str], Trailer] = {}
    for one in videos.parts("results"):
        site, kind = one.text("site"), one.text("type")
        if kind == "Trailer" and site in SITES and (key := one.shaped("key", TRAILER_KEY, reason="malformed_id")):
            official, since = one.flag("official"), one.text("published_at")
            trailer = Trailer(site, key, one.text("name"), language(one, "iso_639_1"), official)
            found.setdefault((not official, since, site, key), trailer)
    return tuple(found[rank] for rank in sorted(found))
