"""Pages with nothing but a family on them: the addresses of test_timeline.py alone."""

from random import Random
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import URLPattern, URLResolver, path

from adaptapedia.urls import urlpatterns as ours
from adaptapedia.web.timeline import Member, Source

PAGE = """{% extends "web/base.html" %}{% load static timeline %}
{% block title %}A family{% endblock %}
{% block head %}<link rel="stylesheet" href="{% static "web/timeline.css" %}">
<link rel="stylesheet" href="{% static "web/timeline-list.css" %}">{% endblock %}
{% block main %}<div class="wrap title-block"><h1>{{ source.title }}</h1></div>
{% family_timeline source members total %}
<div class="wrap title-block"><h2>On screen</h2></div>{% endblock %}"""


def member(key: str, title: str, year: int | None = None, **more: Any) -> Member:
    fields = {"lang": "en", "kind": "film", "relation": "based_on", "address": f"/screen/{key}/"}
    return Member(key=key, title=title, year=year, **{**fields, **more})


def remake(key: str, title: str, year: int | None, of: str, **more: Any) -> Member:
    return member(key, title, year, parent=of, **{"relation": "remake_of", **more})


DRACULA = [
    member("nosferatu", "Nosferatu", 1922, lang="de", relation="loosely_based_on"),
    member("dracula-1931", "Dracula", 1931),
    member("daughter", "Dracula's Daughter", 1936, relation="inspired_by"),
    member("dracula-1958", "Dracula", 1958),
    member("zinda", "Zinda Laash", 1967, lang="ur"),
    member("count", "Count Dracula", 1970, lang="es"),
    member("legend", "The Legend of the 7 Golden Vampires", 1974, relation="inspired_by"),
    member("blood", "Blood for Dracula", 1974),
    member("bbc-1977", "Count Dracula", 1977, kind="television_film"),
    member("dracula-1979", "Dracula", 1979),
    remake("nosferatu-1979", "Nosferatu the Vampyre", 1979, "nosferatu", lang="de"),
    member("dracula-series", "Dracula: The Series", 1990, end_year=1991, kind="series"),
    member("coppola", "Bram Stoker's Dracula", 1992),
    member("diary", "Dracula: Pages from a Virgin's Diary", 2002),
    member("curse", "Bram Stoker's Dracula's Curse", 2006),
    member("nbc", "Dracula", 2013, end_year=2014, kind="series"),
    member("three", "Dracula 3D", 2012),
    member("reborn", "Dracula Reborn", 2012),
    member("untold", "Dracula Untold", 2014),
    remake("nosferatu-2023", "Nosferatu: A Symphony of Horror", 2023, "nosferatu"),
    remake("nosferatu-2024", "Nosferatu", 2024, "nosferatu-1979"),
    member("demeter", "The Last Voyage of the Demeter", 2023),
    member("lost", "Drakula halála", None, lang="hu"),
]

SCRIPTS = [
    member("zh", "吸血鬼ドラキュラと七人の黄金の吸血鬼伝説", 1956, lang="ja"),
    member("ar", "دراكولا: الأسطورة التي لا تموت", 1967, lang="ar"),
    member("he", "דרקולה חוזר הביתה", 1971, lang="he"),
    member("ru", "Дракула: Щит и широкий меч Жюля", 1979, lang="ru"),
    member("el", "Ο Δράκουλας στην Αθήνα", 1983, lang="el"),
    member("hi", "ड्रैकुला की वापसी", 1988, lang="hi"),
    member(
        "long",
        "A Very Long Title of One Hundred and Twenty Characters, Which Is What the Longest "
        "of the Catalogue Come Near To, Now",
        1990,
    ),
    member("ko", "드라큘라 백작의 귀환", 2001, lang="ko"),
    remake("ar-2", "دراكولا يعود", 2019, "ar", lang="ar"),
    member("emoji", "Dracula 🧛🏻‍♂️ – ½ Æon", 2022),
]

WORDS = ["The", "Legend", "of", "Seven", "Golden", "Vampires", "Dracula", "Blood", "Count", "Daughter", "Nosferatu"]


def crowd() -> list[Member]:
    """55 films, 20 of them of one year, a third of the others remakes; the same each time."""
    dice = Random(3)
    found = []
    for n in range(55):
        title = " ".join(dice.choice(WORDS) for _ in range(dice.randint(1, 6)))
        year = 1999 if n < 20 else dice.randint(1908, 2024)
        parent = str(dice.randrange(20, 55)) if n > 20 and dice.random() < 0.3 else None
        end = year + dice.randint(1, 9) if dice.random() < 0.2 else None
        kind = "series" if end else "film"
        found.append(member(str(n), title, year, parent=parent, end_year=end, kind=kind))
    return found


FAMILIES: dict[str, tuple[Source, list[Member]]] = {
    "dracula": (Source("Dracula", "en", 1897), DRACULA),
    "crowd": (Source("Dracula", "en", 1897), crowd()),
    "scripts": (Source("أسطورة دراكولا", "ar", 1960), SCRIPTS),
    "one": (Source("Rain", "en", 1965), [member("a", "Rain", 1984)]),
    "same-year": (Source("Rain", "en", 1965), [member("a", "Rain", 1965), remake("b", "Rain Again", 1965, "a")]),
    "odyssey": (
        Source("Odyssey", "en", -700),
        [
            member("a", "L'Odissea", 1911, lang="it"),
            member("b", "Ulysses", 1954),
            member("c", "L'Odissea", 1968, end_year=1969, kind="miniseries", lang="it"),
            member("d", "The Odyssey", 1997, kind="miniseries"),
            member("e", "O Brother, Where Art Thou?", 2000, relation="inspired_by"),
            member("f", "The Odyssey", 2026),
        ],
    ),
    "undated": (Source("Beowulf", "en"), [member("a", "Beowulf"), member("b", "Grendel Grendel Grendel")]),
    "unknown-book": (Source("Beowulf", "en"), [member("a", "Beowulf", 1999), member("b", "Beowulf", 2007)]),
    "before": (Source("Night", "en", 1960), [member("a", "Night", 1955), member("b", "Night", 1990)]),
    "none": (Source("Middlemarch, Unfilmed", "en", 1871), []),
}


def family(request: HttpRequest, name: str) -> HttpResponse:
    source, members = FAMILIES[name]
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"source": source, "members": members, "total": None}, request))


urlpatterns: list[URLPattern | URLResolver] = [path("family/<str:name>/", family), *ours]
