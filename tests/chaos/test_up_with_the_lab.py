"""`ADAPTAPEDIA_LAB=1 adaptapedia up`, the real one: everything on the upstreams' stand-ins, without network or key."""

import re
import signal
import tempfile
from pathlib import Path

import httpx
import psutil

from tests.installation import environment_of, start

AGENT = {"User-Agent": "Tests/1 (tests@example.org)"}


def test_it_runs_on_the_lab_says_so_and_leaves_nothing() -> None:
    with tempfile.TemporaryDirectory(prefix="adaptapedia lab ") as name:
        folder = Path(name)
        folder.chmod(0o711)
        up = start(folder, {**environment_of(folder), "ADAPTAPEDIA_LAB": "1"}, seconds=400)
        try:
            output = up.output
            assert "ADAPTAPEDIA_LAB: Wikidata, TMDb and Open Library are stand-ins on this machine" in output
            assert "It is fed by " in output
            (endpoint,) = re.findall(r"filling the catalogue from (http://127\.0\.0\.1:\d+/sparql) now", output)
            assert httpx.get(endpoint, params={"query": "ASK {}"}, headers=AGENT, timeout=60).json()["boolean"] is True
            first = int(endpoint.split(":")[2].partition("/")[0])
            assert httpx.get(f"http://127.0.0.1:{first + 1}/3/configuration", timeout=60).status_code == 401
            assert httpx.get(f"http://127.0.0.1:{first + 2}/works/OL1W.json", timeout=60).status_code == 403
            lab = _lab_of(up.pid)
            key = lab.cmdline()[lab.cmdline().index("--tmdb-key") + 1]
            web = next(child for child in psutil.Process(up.pid).children() if "granian" in " ".join(child.cmdline()))
            assert web.environ()["TMDB_API_KEY"] == key
            assert web.environ()["WIKIDATA_SPARQL_ENDPOINT"] == endpoint
            assert not [log for log in (folder / "home" / "logs").iterdir() if key in log.read_text()]
            family = psutil.Process(up.pid).children(recursive=True)
            up.send(signal.SIGTERM)
            assert up.wait(seconds=60) == 0
        finally:
            up.stop()
        left = [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
        assert not left


def _lab_of(pid: int) -> psutil.Process:
    return next(child for child in psutil.Process(pid).children() if "tests.upstreams" in child.cmdline())
