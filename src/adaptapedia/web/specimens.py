"""What the style guide shows: real titles of every length and script, and what no title should be but some will."""

from typing import NamedTuple

from django import forms

from adaptapedia.catalogue.search import Found, Hit, Side
from adaptapedia.catalogue.told import BookTold, ScreenTold
from adaptapedia.web.links import Link
from adaptapedia.web.timeline import Member

COLOURS = (
    *("paper", "paper-2", "ink", "ink-2", "rule", "rule-2", "accent", "well"),
    *("screen", "screen-2", "light", "light-2", "beam"),
)

LONG = (
    "The Life and Strange Surprizing Adventures of Robinson Crusoe, of York, Mariner: "
    "Who Lived Eight and Twenty Years, All Alone"
)

WORKS: tuple[tuple[str, str, str, int | None], ...] = (
    ("Dracula", "en", "Bram Stoker", 1897),
    ("Strange Case of Dr Jekyll and Mr Hyde", "en", "Robert Louis Stevenson", 1886),
    (LONG, "en", "Daniel Defoe", 1719),
    ("V.", "en", "Thomas Pynchon", 1963),
    ("吾輩は猫である", "ja", "夏目漱石", 1906),
    ("ألف ليلة وليلة", "ar", "", None),
    ("Анна Каренина", "ru", "Лев Толстой", 1878),
    ("Antigone", "en", "Sophocles", -441),
    ("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "de", "", 1999),
    ("👻 & <b>“Boo”</b> 👨‍👩‍👧", "mul", "A & B, C & D, E & F, G & H, I & J, K & L", None),
    ("Les Misérables", "fr", "Victor Hugo", 1862),
    ("Pride and Prejudice", "en", "Jane Austen", 1813),
)

SCREEN_WORKS: tuple[tuple[str, str, str, int | None, int | None], ...] = (
    ("Nosferatu", "de", "F. W. Murnau", 1922, None),
    ("The Thing from Another World", "en", "Christian Nyby", 1951, None),
    (
        "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb, and More Words to Fill the Card",
        "en",
        "Stanley Kubrick",
        1964,
        None,
    ),
    ("M", "de", "Fritz Lang", 1931, None),
    ("羅生門", "ja", "黒澤明", 1950, None),
    ("رصاصة في القلب", "ar", "محمد كريم", 1944, None),
    ("Солярис", "ru", "Андрей Тарковский", 1972, None),
    ("Sherlock", "en", "", 2010, 2017),
    ("İstanbul Hatırası", "tr", "", None, None),
    ("Donaudampfschifffahrtsgesellschaftskapitän", "de", "", 2001, None),
    ("🧛 <i>Boo</i> & 🦇", "mul", "A & B, C & D, E & F, G & H, I & J, K & L", None, None),
    ("Bram Stoker’s Dracula", "en", "Francis Ford Coppola", 1992, None),
)


class Form(forms.Form):
    title = forms.CharField(label="A title", help_text="As on the title page.", required=False)
    email = forms.EmailField(
        label="An e-mail address",
        error_messages={"invalid": "There is nothing after the @. Write the whole address."},
    )
    kind = forms.ChoiceField(label="Kind", choices=[("film", "Film"), ("series", "Series")])
    remember = forms.BooleanField(label="Keep me signed in on this device", required=False)


def filled_form() -> Form:
    """One field that is right and one that is not."""
    return Form({"title": "Dracula", "email": "mina@", "kind": "film", "remember": True})


class Search(NamedTuple):
    """What a search page says in one of its states."""

    text: str
    found: Found
    page: int = 1
    next: int | None = None
    first: int = 1
    last: int = 2
    beyond: bool = False


HITS = [
    Hit(Side.BOOKS, 1, "dracula", "Dracula", "en", "", "", 1897, None, "novel", "Bram Stoker", 19),
    Hit(Side.SCREEN, 2, "rashomon", "Rashomon", "en", "羅生門", "ja", 1950, None, "film", "Akira Kurosawa", 1),
]
SEARCHES = (
    Search("dracula", Found(HITS, 60), next=2),
    Search("drakula", Found([], 0, alike=HITS)),
    Search("zzyzx", Found([], 0)),
    Search("the", Found([], 0, gave_up=True)),
    Search("dracula", Found([], 0), page=9, beyond=True),
)
MEMBERS = (
    Member("1", "Nosferatu", "de", "/screen/nosferatu/", "film", 1922),
    Member(
        "2", "Nosferatu the Vampyre", "en", "/screen/nosferatu-1979/", "film", 1979, relation="remake_of", parent="1"
    ),
    Member("3", "Dracula", "en", "/screen/dracula-2013/", "series", 2013, 2014),
    Member("4", "Drakula halála", "hu", "/screen/drakula-halala/", "film"),
)
CODES = ("1b2c3d4e", "5f6a7b8c", "9d0e1f2a", "3b4c5d6e")
DECADES = (("1920s", 812), ("1930s", 1_604), ("1940s", 0))
LINKS = (
    Link("Wikidata Q41542", "https://www.wikidata.org/wiki/Q41542"),
    Link("Open Library OL85892W", "https://openlibrary.org/works/OL85892W"),
)
SCREEN_TOLD = ScreenTold(
    kind="tv",
    tmdb_id=1399,
    overview="A count leaves his castle for London, and a lawyer, a doctor and a schoolmistress go after him.",
    tagline="He has waited long enough.",
    runtime=95,
    episodes=10,
    genres=["Drama", "Horror"],
    certificates=["16"],
    trailers=[{"site": "YouTube", "key": "specimen", "name": "Trailer", "language": "en", "official": True}],
    seasons=[{"number": 1, "name": "Season 1", "aired": "2013-10-25", "episodes": 10, "poster_path": ""}],
    cast=[{"id": 1, "name": "Jonathan Rhys Meyers", "character": "Dracula", "profile_path": ""}],
    vote_average=7.1,
    votes=612,
    poster_path="",
    image_base="",
    poster_sizes=[],
    providers={
        "flatrate": [[8, "Netflix"]],
        "rent": [[2, "Apple TV"]],
        "link": "https://www.themoviedb.org/tv/1399/watch",
    },
    countries=["DE", "GB"],
)
BOOK_TOLD = BookTold(
    key="OL85892W",
    description="Letters and diaries tell of a count who leaves his castle for London.",
    subjects=["Vampires", "Transylvania (Romania)", "Epistolary fiction"],
    rating=4.1,
    ratings=812,
    editions=1_340,
    cover_id=None,
)
