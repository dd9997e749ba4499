"""`make up`: everything in the foreground, from nothing or from where it was left."""

import errno
import http.client
import os
import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus

from adaptapedia.config import Config
from adaptapedia.local.errors import LocalError
from adaptapedia.local.folders import private_folder, system_user
from adaptapedia.local.lab import lab_of
from adaptapedia.local.lock import end_leftovers, only_one
from adaptapedia.local.output import Output
from adaptapedia.local.programs import programs_of, servers_of
from adaptapedia.local.supervision import supervise

HOST = "127.0.0.1"
PORTS_TRIED = 100
SLOW = 30
"""Seconds after which a web server that does not answer is worth a line."""


def up(config: Config, *, output: Output) -> int:
    """Run Adaptapedia until it is told to stop; the exit code.

    Raises LocalError, with a sentence for the operator, when this machine or this home does not allow it.
    """
    servers = servers_of(config)
    lab = lab_of(config, is_free=_is_free)
    owner = system_user() if "postgres" in servers else None
    data = private_folder(config.home.data, passable=owner is not None)
    run = private_folder(config.home.run, owner=owner)
    with only_one(data):
        for pid in end_leftovers(run):
            output.say(f"Ended process {pid}, left behind by an `up` that was killed")
        for server in servers.values():
            server.prepare()
        os.environ["PORT"] = str(port := _free_port(config.port, output=output))
        if lab is not None:
            os.environ.update(lab.settings)
            output.say("ADAPTAPEDIA_LAB: Wikidata, TMDb and Open Library are stand-ins on this machine. Nobody real is")
            output.say("asked, no key is needed, and what they say is partly invented; all of it stays in this home.")
        output.say(f"Data and logs are in {data}")
        for server in servers.values():
            output.say(f"{type(server).__name__} is at {server.url}")
        code = supervise(
            programs_of(servers, port=port, lab=lab),
            run=run,
            logs=private_folder(data / "logs"),
            output=output,
            when_prepared=lambda: _announce(port, output=output),
        )
        with suppress(OSError):  # not empty: something there is not ours to remove
            run.rmdir()
        return code


def _free_port(wanted: int, *, output: Output) -> int:
    """`wanted`, or the next port that nobody has; then it says so."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if _is_free(port):
            if port != wanted:
                output.say(f"Port {wanted} is taken; using {port}")
            return port
    raise LocalError(f"PORT: {wanted} and the {PORTS_TRIED} ports after it are all taken. Example: PORT=8000")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports of closed connections count as free
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise LocalError(f"PORT: {port} is for root alone; take one above 1023. Example: PORT=8000") from None
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def _announce(port: int, *, output: Output) -> None:
    """Print the address as soon as the web server answers, without holding up the supervision."""
    threading.Thread(target=_wait_and_announce, args=(port, output), daemon=True).start()


def _wait_and_announce(port: int, output: Output) -> None:
    slow = time.monotonic() + SLOW
    while (answer := _health(port)) != HTTPStatus.OK:
        if time.monotonic() > slow:
            output.say(f"The web server does not answer well yet ({answer}); its own lines say why")
            slow += SLOW
        time.sleep(1 if isinstance(answer, int) else 0.1)
    output.say(f"Ready: http://localhost:{port}/  (Ctrl-C stops everything)")


def _health(port: int) -> int | str:
    """The status of /healthz, or why there is none."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
