"""The questions put to Wikidata: plain SPARQL 1.1, without hints and SERVICE, for any engine. Pure.

Each answer brings its own proof of completeness: one row that binds nothing but `?count`, computed
beside the rows in the same query, so that both come from the same state of the graph.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from adaptapedia.sources.wikidata.kinds import ROOTS
from adaptapedia.sources.wikidata.records import Edge

ENTITY = "http://www.wikidata.org/entity/Q"
DIRECT = "http://www.wikidata.org/prop/direct/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
SAME_AS = "http://www.w3.org/2002/07/owl#sameAs"
MODIFIED = "http://schema.org/dateModified"

INSTANCE_OF = "P31"
COUNTRY = "P495"
GENRE = "P136"
SERIES = "P179"
AUTHOR = "P50"
AUTHOR_NAME = "P2093"
DIRECTOR = "P57"
CREATOR = "P170"
SCREENWRITER = "P58"
TITLE = "P1476"
PUBLISHED = "P577"
STARTED = "P580"
ENDED = "P582"
BORN = "P569"
DIED = "P570"
FILM_LANGUAGE = "P364"
WORK_LANGUAGE = "P407"
IMDB = "P345"
TMDB_MOVIE = "P4947"
TMDB_TV = "P4983"
TMDB_PERSON = "P4985"
OPEN_LIBRARY = "P648"
ISBN_13 = "P212"
ISBN_10 = "P957"
BASED_ON = "P144"
PROPERTIES = (
    *(INSTANCE_OF, COUNTRY, GENRE, SERIES, AUTHOR, AUTHOR_NAME, DIRECTOR, CREATOR, SCREENWRITER, TITLE),
    *(PUBLISHED, STARTED, ENDED, BORN, DIED, FILM_LANGUAGE, WORK_LANGUAGE),
    *(IMDB, TMDB_MOVIE, TMDB_TV, TMDB_PERSON, OPEN_LIBRARY, ISBN_13, ISBN_10, BASED_ON),
)
"""What is read of an item. P144 is among them so that an item of which nothing else is known is seen to exist."""

PREFIXES = """\
PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX schema: <http://schema.org/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


def class_edges() -> str:
    """`?child ?parent` of every P279 under the roots."""
    roots = " ".join(f"wd:Q{root}" for root in ROOTS)
    edges = (
        "SELECT DISTINCT ?child ?parent WHERE { "
        f"VALUES ?root {{ {roots} }} ?parent wdt:P279* ?root . ?child wdt:P279 ?parent }}"
    )
    return _counted("?child ?parent", counted=edges, rows=edges)


def edges_after(cursor: Edge | None, *, limit: int) -> str:
    """`?subject ?source` (numbers) of the first `limit` P144 after the cursor; `?count` is of all after it.

    A screen work with several sources can straddle a limit, so the cursor is the pair. IRIs have no
    order in SPARQL, hence the numbers; what has none (an unknown value, a property) falls out with them.
    """
    pattern = _based_on(cursor or Edge(0, 0))
    page = f"SELECT ?subject ?source WHERE {{ {pattern} }} ORDER BY ?subject ?source LIMIT {limit}"
    return _counted("?subject ?source", counted=f"SELECT ?subject ?source WHERE {{ {pattern} }}", rows=page)


def edge_count() -> str:
    """`?count` of all P144 between items."""
    return f"{PREFIXES}SELECT (COUNT(*) AS ?count) WHERE {{ {_based_on(Edge(0, 0))} }}"


def changed_after(cursor: int, *, since: datetime, limit: int) -> str:
    """`?number` of the first `limit` items of pairs after the cursor whose last change is later than `since`.

    Items that do not say when they last changed are among them. `?count` is of all after the cursor.
    """
    numbers = f"SELECT DISTINCT ?number WHERE {{ {_changed(cursor, since)} }}"
    return _counted("?number", counted=numbers, rows=f"{numbers} ORDER BY ?number LIMIT {limit}")


def details(qids: Iterable[int]) -> str:
    """`?item ?property ?value` of the properties above, the labels in en and mul, redirect and last change.

    A filter picks the properties, since joining two VALUES takes Oxigraph a hundred times as long.
    """
    properties = ", ".join([*(f"wdt:{name}" for name in PROPERTIES), "owl:sameAs", "schema:dateModified"])
    label = '?property = rdfs:label && (LANG(?value) = "en" || LANG(?value) = "mul")'
    return _statements(qids, f"?property IN ({properties}) || ({label})")


def labels(qids: Iterable[int]) -> str:
    """`?item ?property ?value` of the labels in every language."""
    return _statements(qids, "?property = rdfs:label")


def _statements(qids: Iterable[int], wanted: str) -> str:
    items = " ".join(f"wd:Q{qid}" for qid in qids)
    rows = (
        f"SELECT ?item ?property ?value WHERE {{ VALUES ?item {{ {items} }} ?item ?property ?value FILTER({wanted}) }}"
    )
    return _counted("?item ?property ?value", counted=rows, rows=rows)


def _based_on(after: Edge) -> str:
    later = f"?subject > {after.subject} || (?subject = {after.subject} && ?source > {after.source})"
    return (
        "?subject_item wdt:P144 ?source_item "
        f'BIND(xsd:integer(STRAFTER(STR(?subject_item), "{ENTITY}")) AS ?subject) '
        f'BIND(xsd:integer(STRAFTER(STR(?source_item), "{ENTITY}")) AS ?source) '
        f"FILTER(?source > 0 && ({later}))"
    )


def _changed(after: int, since: datetime) -> str:
    moment = f'"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"^^xsd:dateTime'
    return (
        "{ ?item wdt:P144 ?other } UNION { ?other wdt:P144 ?item } "
        f'BIND(xsd:integer(STRAFTER(STR(?item), "{ENTITY}")) AS ?number) '
        "OPTIONAL { ?item schema:dateModified ?modified } "
        f"FILTER(?number > {after} && (!BOUND(?modified) || ?modified > {moment}))"
    )


def _counted(variables: str, *, counted: str, rows: str) -> str:
    count = f"SELECT (COUNT(*) AS ?count) WHERE {{ {{ {counted} }} }}"
    return f"{PREFIXES}SELECT {variables} ?count WHERE {{ {{ {count} }} UNION {{ {rows} }} }}"
