"""`make lab`: the three upstreams on loopback, until Ctrl-C or SIGTERM. It leaves nothing behind.

Fed by the extract of Wikidata where that lies beside the checkout, by the starter catalogue where not.
"""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.upstreams import faults, json_faults
from tests.upstreams.lab import OPEN_LIBRARY_PER_SECOND, TMDB_PER_SECOND
from tests.upstreams.misbehaviour import HOSTILE, PASSING
from tests.upstreams.tmdb import API_KEY
from tests.upstreams.universe import Options, Universe
from tests.upstreams.whole import EXTRACT, NAMES, WIKIDATA_SECONDS_PER_MINUTE, Lab, universe_in

EVERY_WAY = frozenset(faults.FAULTS) | frozenset(json_faults.FAULTS)
GROUPS = {"passing": PASSING, "hostile": HOSTILE, "all": (*PASSING, *HOSTILE)}


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        run(arguments())
    except KeyboardInterrupt:
        sys.exit(0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.upstreams", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--latency-ms", type=float, default=0, help="how long every answer takes at least")
    add(
        "--wikidata-seconds",
        type=float,
        default=WIKIDATA_SECONDS_PER_MINUTE,
        help="query time that Wikidata allows a minute; 0 is without limits",
    )
    add("--tmdb-per-second", type=float, default=TMDB_PER_SECOND, help="TMDb's limit; 0 is none")
    add("--open-library-per-second", type=float, default=OPEN_LIBRARY_PER_SECOND, help="Open Library's; 0 is none")
    add("--fail-one-in", type=int, default=0, metavar="N", help="let one request in N fail in some way; 0 is none")
    add("--among", default="passing", help="the ways of failing, with commas: passing, hostile, all, or their names")
    add("--seed", type=int, default=1, help="of what fails, and how")
    add("--port", type=int, help="the first of three ports in a row; free ones unless told")
    add("--only", default=",".join(NAMES), help=f"which of {', '.join(NAMES)} to run, with commas between them")
    add("--tmdb-key", default=API_KEY, help="the key that opens TMDb")
    add("--folder", type=Path, help="keep the universe here for the next time")
    add("--universe-seed", type=int, default=1, help="another universe of the same facts")
    add("--absent", type=float, default=Options.absent, help="share of screen items that TMDb does not have")
    add("--tmdb-ids", type=float, default=Options.tmdb_ids, help="share of those whose TMDb id Wikidata knows")
    add("--no-external-ids", action="store_true", help="TMDb tells no ids of IMDb and Wikidata")
    add("--silent", action="store_true", help="do not tell the settings, of which one is a key")
    add("--json", action="store_true", help="tell the settings as one line of JSON")
    told = parser.parse_args()
    if unknown := {*told.only.split(",")} - {*NAMES}:
        parser.error(f"--only: there is no {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if unknown := {*ways(told.among)} - EVERY_WAY:
        parser.error(f"--among: there is no {', '.join(sorted(unknown))}; there are {', '.join(sorted(EVERY_WAY))}")
    return told


def ways(among: str) -> list[str]:
    """The names of faults that these words stand for, each once."""
    return list(dict.fromkeys(name for word in among.split(",") for name in GROUPS.get(word, (word,))))


def run(told: argparse.Namespace) -> None:
    """Run until a signal ends it."""
    with folder(told.folder) as there:
        universe = universe_in(there, options=_options(told))
        with _lab(universe, told) as lab:
            if told.fail_one_in:
                lab.at_random(told.seed, told.fail_one_in, among=ways(told.among))
            print(_as_json(lab) if told.json else _in_words(lab, told), flush=True)
            while True:
                signal.pause()


@contextmanager
def folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        yield chosen
        return
    with tempfile.TemporaryDirectory(prefix="adaptapedia-lab-") as name:
        yield Path(name)


def _options(told: argparse.Namespace) -> Options:
    return Options(
        seed=told.universe_seed,
        absent=told.absent,
        tmdb_ids=told.tmdb_ids,
        no_external_ids=told.no_external_ids,
    )


def _lab(universe: Universe, told: argparse.Namespace) -> Lab:
    return Lab(
        universe,
        only=told.only.split(","),
        ports=(None,) * 3 if told.port is None else (told.port, told.port + 1, told.port + 2),
        latency=told.latency_ms / 1000,
        wikidata_seconds_per_minute=told.wikidata_seconds or None,
        tmdb_per_second=told.tmdb_per_second or None,
        open_library_per_second=told.open_library_per_second or None,
        tmdb={"api_key": told.tmdb_key},
    )


def _as_json(lab: Lab) -> str:
    return json.dumps({"environment": lab.environment, "universe": str(lab.universe.path), "fed_by": _fed_by(lab)})


def _in_words(lab: Lab, told: argparse.Namespace) -> str:
    made = lab.catalogue.header
    lines = [
        "The upstream lab runs on this machine; Ctrl-C stops it. Nothing that TMDb or Open Library say here is true.",
        f"It is fed by {_fed_by(lab)}: at TMDb {made['titles']:,} titles that Wikidata knows and {made['decoys']:,} "
        f"others, at Open Library {made['works']:,} works.",
    ]
    if told.fail_one_in:
        lines.append(f"One request in {told.fail_one_in} fails in some way ({told.among}; seed {told.seed}).")
    if told.silent:
        return "\n".join(lines)
    return "\n".join([*lines, *(f"export {name}={shlex.quote(value)}" for name, value in lab.environment.items())])


def _fed_by(lab: Lab) -> str:
    if lab.universe.source == EXTRACT:
        return f"the extract of Wikidata ({EXTRACT})"
    return "the starter catalogue (there is no extract of Wikidata beside the checkout)"


if __name__ == "__main__":
    main()
