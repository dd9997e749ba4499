"""Ports on loopback for servers that tests start, so that no two are given the same one.

They lie below those that Linux gives to whoever connects (32768 and above unless told, `ip_local_port_range`), where a
port that was free a moment ago may belong to somebody's request. Each process of pytest has a range of its own.
"""

import os
import random
import re
import socket
from itertools import count

LOWEST, HIGHEST = 12_000, 32_000
PROCESSES = 8
"""Ranges that there are. A ninth process shares the first's, and meets it only where both begin at one port."""
EACH = (HIGHEST - LOWEST) // PROCESSES

_next = count(random.randrange(EACH))


def free_port(*, in_a_row: int = 1) -> int:
    """A port that nobody has, the first of `in_a_row` such; never the same one again before a range is used up.

    Raises RuntimeError where a whole range is taken.
    """
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    lowest = LOWEST + worker % PROCESSES * EACH
    for _ in range(EACH):
        place = next(_next) % EACH
        ports = range(lowest + place, lowest + place + in_a_row)
        if ports.stop <= lowest + EACH and all(map(_is_free, ports)):
            for _ in range(in_a_row - 1):
                next(_next)
            return ports.start
    raise RuntimeError(f"no {in_a_row} free ports in a row from {lowest} to {lowest + EACH}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports of closed connections count as free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
