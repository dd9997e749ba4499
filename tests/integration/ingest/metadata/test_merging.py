from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import change_slug, edit_entry
from adaptapedia.catalogue.models import (
    FormerPersonSlug,
    Person,
    PersonExternalId,
    ScreenCredit,
    ScreenMetadata,
    ScreenWork,
    WorkMetadata,
)
from adaptapedia.catalogue.queries import find_by_slug
from adaptapedia.ingest.differences import differences_of
from adaptapedia.ingest.merging import CATALOGUE_LOCK, merge_people, merge_screen_works
from adaptapedia.ingest.metadata.merging import Merged, merge_descriptions, merge_open_library, merge_titles
from adaptapedia.ingest.origin import Origin
from adaptapedia.sources.openlibrary.records import Description
from adaptapedia.sources.tmdb.records import CrewMember, Title
from adaptapedia.sources.wikidata.records import Item, Text
from tests.integration.ingest.metadata.samples import (
    CAST,
    FIRST,
    SECOND,
    open_library_work,
    row_versions,
    screen_work,
    series,
    title,
    work,
)

pytestmark = pytest.mark.django_db

WIKIDATA = Origin("wikidata", 3, datetime(2026, 11, 9, 2, tzinfo=UTC))
LYNCH = Item(qid=2071, label=Text("David Lynch", "en"), born=1946, tmdb_person=("5602",))
VILLENEUVE = Item(qid=334780, label=Text("Denis Villeneuve", "en"))


def merge(*titles: tuple[ScreenWork, Title], origin: Origin = FIRST) -> Merged:
    with transaction.atomic():
        return merge_titles([(of.pk, told) for of, told in titles], origin=origin)


def merge_wikidata(people: Sequence[Item] = (), screens: Sequence[Item] = ()) -> None:
    with transaction.atomic():
        merge_people(people, origin=WIKIDATA)
        merge_screen_works([(screen, "film") for screen in screens], origin=WIKIDATA)


def credited(screen: ScreenWork) -> list[tuple[str, int, str, str]]:
    rows = ScreenCredit.objects.filter(screen_work=screen).select_related("person")
    return [(row.role, row.position, row.person.name if row.person else row.name, row.source) for row in rows]


def test_a_title_becomes_metadata_with_all_its_fields() -> None:
    dune = screen_work()

    assert merge((dune, title())) == Merged(enriched=1)

    told = ScreenMetadata.objects.get(screen_work=dune)
    assert (told.kind, told.tmdb_id, told.title, told.runtime) == ("movie", 841, "Dune", 137)
    assert (told.overview, told.tagline) == ("In the year 10,191, the spice must flow.", "A place beyond your dreams.")
    assert (told.released, told.ended, told.episodes) == (date(1984, 12, 14), None, None)
    assert (told.popularity, told.vote_average, told.votes) == (21.5, 6.2, 3100)
    assert (told.genres, told.keywords) == (["Science Fiction", "Adventure"], ["desert", "sand worm"])
    assert (told.poster_path, told.backdrop_path) == ("/poster.jpg", "/backdrop.jpg")
    assert told.certificates == {"DE": ["12"], "US": ["PG-13"]}
    assert told.trailers == [
        {"site": "YouTube", "key": "KwPTIEWTYEI", "name": "Trailer", "language": "en", "official": True}
    ]
    assert told.providers["DE"] == {
        "link": "https://www.themoviedb.org/movie/841-dune/watch?locale=DE",
        "flatrate": [[8, "Netflix"]],
        "rent": [[2, "Apple TV"]],
    }
    assert [member["name"] for member in told.cast] == [member.name for member in CAST[:10]]
    assert told.provenance == {"*": ["tmdb", 1, "2026-11-01T03:00:00+00:00"]}


def test_a_series_has_its_seasons_and_episodes() -> None:
    thrones = screen_work("thrones", tmdb="tv/1399", kind="series")
    merge((thrones, series()))
    told = ScreenMetadata.objects.get(screen_work=thrones)
    assert (told.kind, told.episodes) == ("tv", 73)
    assert told.seasons == [
        {"number": 1, "name": "Season 1", "aired": "2011-04-17", "episodes": 10, "poster_path": "/s1.jpg"},
        {"number": 2, "name": "Season 2", "aired": None, "episodes": 10, "poster_path": ""},
    ]


def test_an_unchanged_title_writes_no_row_of_the_catalogue() -> None:
    dune = screen_work()
    merge((dune, title()))
    before = row_versions()
    assert merge((dune, title()), origin=SECOND) == Merged(unchanged=1)
    assert row_versions() == before


def test_only_the_field_that_changed_gets_a_new_provenance() -> None:
    dune = screen_work()
    merge((dune, title()))
    assert merge((dune, title(votes=3200)), origin=SECOND) == Merged(enriched=1)
    told = ScreenMetadata.objects.get(screen_work=dune)
    assert told.votes == 3200
    assert told.provenance == {
        "*": ["tmdb", 1, "2026-11-01T03:00:00+00:00"],
        "votes": ["tmdb", 2, "2026-11-08T03:00:00+00:00"],
    }
    assert told.changed_at == SECOND.at


def test_a_field_that_a_person_locked_stands() -> None:
    dune = screen_work()
    merge((dune, title()))
    ScreenMetadata.objects.update(overview="Mended.", locks={"overview": {"by": 1, "at": "2026-11-02"}})
    merge((dune, title(overview="Another.", runtime=138)), origin=SECOND)
    told = ScreenMetadata.objects.get(screen_work=dune)
    assert (told.overview, told.runtime) == ("Mended.", 138)
    assert "overview" not in told.provenance


def test_no_address_but_one_of_the_web_is_kept() -> None:
    dune = screen_work()
    links = (("DE", "javascript:alert(1)"), ("US", "https://www.themoviedb.org/movie/841/watch"))
    merge((dune, title(homepage="javascript:alert(1)", provider_links=links)))
    told = ScreenMetadata.objects.get()
    assert told.homepage == ""
    assert "link" not in told.providers["DE"]
    assert told.providers["US"]["link"] == "https://www.themoviedb.org/movie/841/watch"


def test_credits_become_people_with_their_numbers() -> None:
    dune = screen_work()
    merge((dune, title()))
    assert credited(dune)[:2] == [("cast", 0, "Actor 0", "tmdb"), ("cast", 1, "Actor 1", "tmdb")]
    assert credited(dune)[10:] == [("director", 0, "David Lynch", "tmdb"), ("screenwriter", 0, "David Lynch", "tmdb")]
    lynch = Person.objects.get(name="David Lynch")
    assert (lynch.wikidata_id, lynch.slug) == (None, "david-lynch-tmdb5602")
    assert lynch.provenance == {"*": ["tmdb", 1, "2026-11-01T03:00:00+00:00"]}
    assert list(lynch.external_ids.values_list("scheme", "value", "source")) == [("tmdb_person", "5602", "tmdb")]


def test_a_person_who_is_there_is_credited_and_not_made_again() -> None:
    merge_wikidata(people=[LYNCH])
    dune = screen_work()
    merge((dune, title(cast=())))
    assert Person.objects.get(name="David Lynch").wikidata_id == 2071


def test_roles_that_wikidata_fills_are_not_filled_twice() -> None:
    merge_wikidata(
        people=[LYNCH], screens=[Item(qid=114819, label=Text("Dune", "en"), published=1984, directors=(2071,))]
    )
    dune = ScreenWork.objects.get()
    other = CrewMember(9, "Somebody Else", "Director", "Directing")
    merge((dune, title(cast=(), crew=(other, CrewMember(10, "A Writer", "Writer", "Writing")))))
    assert credited(dune) == [("director", 0, "David Lynch", "wikidata"), ("screenwriter", 0, "A Writer", "tmdb")]
    assert not Person.objects.filter(name="Somebody Else").exists()


def test_a_role_that_wikidata_comes_to_fill_is_no_longer_tmdbs() -> None:
    film = Item(qid=114819, label=Text("Dune", "en"), published=1984)
    merge_wikidata(people=[VILLENEUVE], screens=[film])
    dune = ScreenWork.objects.get()
    merge((dune, title(cast=CAST[:1])))
    changed = Item(qid=114819, label=Text("Dune", "en"), published=1984, directors=(334780,))
    merge_wikidata(screens=[changed])
    assert credited(dune) == [
        ("cast", 0, "Actor 0", "tmdb"),
        ("director", 0, "Denis Villeneuve", "wikidata"),
        ("screenwriter", 0, "David Lynch", "tmdb"),
    ]


def test_credits_that_tmdb_no_longer_gives_go_and_locked_ones_stand() -> None:
    dune, other = screen_work(), screen_work("other", tmdb="movie/2", locks={"credits": {"by": 1, "at": "2026"}})
    merge((dune, title(cast=CAST[:2])), (other, title(2)))
    assert credited(other) == []
    merge((dune, title(cast=CAST[1:2], crew=())), origin=SECOND)
    assert credited(dune) == [("cast", 0, "Actor 1", "tmdb")]


def test_whoever_makes_episodes_of_a_series_did_not_make_the_series() -> None:
    thrones = screen_work("thrones", tmdb="tv/1399", kind="series")
    directors = tuple(CrewMember(n, f"Director {n}", "Director", "Directing") for n in range(1, 7))
    creator = CrewMember(77, "The Creator", "Creator", "Creator")
    merge((thrones, series(cast=(), crew=(*directors, creator))))
    assert credited(thrones) == [("creator", 0, "The Creator", "tmdb")]


def test_a_new_name_of_a_person_whom_only_tmdb_knows_is_taken() -> None:
    dune = screen_work()
    merge((dune, title(cast=CAST[:1], crew=())))
    merge((dune, title(cast=(CAST[0].__class__(100, "Renamed", "", 0, ""),), crew=())), origin=SECOND)
    person = Person.objects.get()
    assert (person.name, person.sort_key, person.search_text) == ("Renamed", "renamed", "renamed")
    assert person.provenance["name"] == ["tmdb", 2, "2026-11-08T03:00:00+00:00"]


def test_wikidata_adopts_a_person_whom_only_tmdb_knew() -> None:
    dune = screen_work()
    merge((dune, title(cast=())))
    before = Person.objects.get()
    merge_wikidata(people=[LYNCH])
    lynch = Person.objects.get()
    assert (lynch.pk, lynch.slug, lynch.wikidata_id, lynch.birth_year) == (before.pk, before.slug, 2071, 1946)
    assert lynch.provenance["*"][0] == "wikidata"
    assert set(PersonExternalId.objects.values_list("value", "source")) == {("5602", "wikidata")}
    stands = row_versions()
    merge_wikidata(people=[LYNCH])
    assert row_versions() == stands


def test_the_twin_of_a_person_whose_number_wikidata_learns_late_becomes_one_with_them() -> None:
    merge_wikidata(people=[Item(qid=2071, label=Text("David Lynch", "en"))])
    dune = screen_work()
    merge((dune, title(cast=())))
    assert Person.objects.count() == 2
    merge_wikidata(people=[LYNCH])
    lynch = Person.objects.get()
    assert lynch.wikidata_id == 2071
    assert set(ScreenCredit.objects.values_list("person", flat=True)) == {lynch.pk}
    assert FormerPersonSlug.objects.get(slug="david-lynch-tmdb5602").person == lynch
    assert set(PersonExternalId.objects.values_list("value", "source")) == {("5602", "wikidata")}


def test_what_a_person_wrote_in_a_twin_of_tmdbs_is_kept_in_the_entry_that_stays() -> None:
    editor = User.objects.create_user("editor", password="a long one for nobody")
    merge_wikidata(people=[Item(qid=2071, label=Text("David Lynch", "en"))])
    merge((screen_work(), title(cast=())))
    twin = Person.objects.get(wikidata_id=None)
    edit_entry(twin, {"name": "David K. Lynch"}, by=editor)
    change_slug(twin, to="lynch")
    twin.external_ids.create(scheme="imdb", value="nm0000186", source="person")

    merge_wikidata(people=[LYNCH])

    lynch = Person.objects.get()
    assert (lynch.wikidata_id, lynch.birth_year, lynch.name) == (2071, 1946, "David K. Lynch")
    assert (lynch.locks["name"]["by"], lynch.provenance["name"][:2]) == (editor.pk, ["person", editor.pk])
    assert (lynch.search_text, lynch.sort_key) == ("david k. lynch", "david k. lynch")
    assert set(lynch.external_ids.values_list("value", "source")) == {("nm0000186", "person"), ("5602", "wikidata")}
    for slug in ("lynch", "david-lynch-tmdb5602"):
        assert find_by_slug(Person, slug) == (lynch, True)
    assert ("wikidata", "David Lynch") in [(told.source, told.theirs["name"]) for told in differences_of(lynch)]
    stands = row_versions()
    merge_wikidata(people=[LYNCH])
    assert row_versions() == stands


def test_an_entry_that_is_gone_by_now_is_passed_over() -> None:
    dune, gone, book = screen_work(), screen_work("gone"), work()
    keys = gone.pk, book.pk
    gone.delete()
    book.delete()
    with transaction.atomic():
        assert merge_titles([(dune.pk, title()), (keys[0], title(2))], origin=FIRST) == Merged(1, 1)
        assert merge_open_library([(keys[1], open_library_work())], origin=FIRST) == Merged(0, 1)
        assert merge_descriptions([(keys[1], Description("OL893415W", "Sand."))], origin=FIRST) == Merged(0, 1)
    assert list(ScreenMetadata.objects.values_list("screen_work", flat=True)) == [dune.pk]


def test_what_open_library_tells_is_written_under_the_lock_of_the_catalogue() -> None:
    book = work()
    told = [(book.pk, open_library_work())]
    assert not _holds_the_lock()
    with transaction.atomic():
        merge_open_library(told, origin=FIRST)
        assert _holds_the_lock()


def _holds_the_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objid = %s",
            [CATALOGUE_LOCK],
        )
        return cursor.fetchone() == (1,)


def test_two_screen_works_may_be_one_title() -> None:
    assert merge((screen_work(), title()), (screen_work("again"), title())) == Merged(enriched=2)
    assert ScreenMetadata.objects.count() == 2


def test_a_work_becomes_metadata_and_its_description_comes_later() -> None:
    dune = work()
    with transaction.atomic():
        assert merge_open_library([(dune.pk, open_library_work())], origin=FIRST) == Merged(enriched=1)
    with transaction.atomic():
        told = [(dune.pk, Description("OL893415W", "A desert planet."))]
        assert merge_descriptions(told, origin=SECOND) == Merged(enriched=1)
    metadata = WorkMetadata.objects.get(work=dune)
    assert (metadata.key, metadata.first_year, metadata.cover_id) == ("OL893415W", 1965, 11481354)
    assert (metadata.rating, metadata.ratings, metadata.editions) == (4.3, 420, 120)
    assert metadata.authors == [["OL79034A", "Frank Herbert"]]
    assert (metadata.subjects, metadata.languages) == (
        ["Science fiction", "Dune (Imaginary place)"],
        ["eng", "fre"],
    )
    assert metadata.description == "A desert planet."
    assert metadata.provenance["description"][1] == 2
    stands = row_versions()
    with transaction.atomic():
        assert merge_open_library([(dune.pk, open_library_work())], origin=SECOND) == Merged(unchanged=1)
        assert merge_descriptions(told, origin=SECOND) == Merged(unchanged=1)
    assert row_versions() == stands
