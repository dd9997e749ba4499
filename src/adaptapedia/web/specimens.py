"""What the style guide shows: real titles of every length and script, and what no title should be but some will."""

from typing import NamedTuple

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


class Field(NamedTuple):
    name: str
    label: str
    value: str
    hint: str
    fault: str


FIELDS = (
    Field("plain", "A title", "", "As on the title page.", ""),
    Field("filled", "A year", "1897", "", ""),
    Field("wrong", "An e-mail address", "mina@", "", "There is nothing after the @. Write the whole address."),
)
