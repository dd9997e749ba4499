"""Readers who ask for one page after another, in a process of their own: locust, started by benchmarks/web.py.

    python -m benchmarks.web_load http://127.0.0.1:PORT ADDRESSES.json --readers 4 --seconds 5

ADDRESSES.json is a list of addresses, asked for in its order, over again when it ends. Nothing is asked for
conditionally, and no answer is kept, unless `--again`: then the readers know the first answers to the first 200
addresses and send their ETag along. Prints one line of JSON: answers, those of the warm-up
with them, seconds, percentiles in milliseconds,
failures (anything but 200, or 304 where that was asked for) and the processor's seconds that this process took.
"""

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import time  # noqa: E402
from itertools import cycle  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from locust import FastHttpUser, constant, task  # noqa: E402
from locust.env import Environment  # noqa: E402

WARM_UP = 1.5
"""Seconds of the same load before what counts."""
KNOWN = 200
"""How many addresses readers ask for again and again."""
# What a proxy that ends TLS sends on; no reader's cookie, no language of their own.
HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https", "Accept-Encoding": "identity"}


class Reader(FastHttpUser):
    """One connection, kept open, that asks again as soon as it is answered."""

    wait_time = constant(0)
    addresses: Any
    etags: dict[str, str]

    @task
    def ask(self) -> None:
        address = next(self.addresses)
        headers = {**HEADERS, "If-None-Match": self.etags[address]} if address in self.etags else HEADERS
        self.client.get(address, name="page", headers=headers, allow_redirects=False)


class Notes:
    """What came back since the last `clear`."""

    def __init__(self, *, expected: set[int]) -> None:
        self.expected = expected
        self.asked = 0
        self.clear()

    def clear(self) -> None:
        self.took: list[float] = []
        self.failures: list[str] = []
        self.statuses: dict[int, int] = {}

    def note(self, *, response_time: float, response: Any, exception: BaseException | None, **_: Any) -> None:
        status = getattr(response, "status_code", 0)
        self.asked += 1
        self.took.append(response_time)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status not in self.expected:
            self.failures.append(f"{getattr(response, 'url', '')}: {exception or status}")


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("host")
    parser.add_argument("addresses", type=Path)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args()

    addresses = json.loads(options.addresses.read_text())
    environment = Environment(user_classes=[Reader])
    Reader.host = options.host
    Reader.addresses = cycle(addresses[:KNOWN] if options.again else addresses)
    Reader.etags = learn(environment, addresses[:KNOWN]) if options.again else {}
    notes = Notes(expected={200, 304} if options.again else {200})
    environment.events.request.add_listener(notes.note)
    runner = environment.create_local_runner()
    runner.start(options.readers, spawn_rate=options.readers)
    gevent.sleep(WARM_UP)
    notes.clear()
    began, worked = time.perf_counter(), time.process_time()
    gevent.sleep(options.seconds)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    took, failures, statuses = notes.took, notes.failures, notes.statuses
    runner.quit()
    told = {
        "answers": len(took),
        "asked": notes.asked,
        "seconds": seconds,
        "p50": percentile(took, 0.50) if took else math.inf,
        "p99": percentile(took, 0.99) if took else math.inf,
        "statuses": statuses,
        "failures": failures[:5],
        "failed": len(failures),
        "client_seconds": worked,
    }
    print(json.dumps(told), flush=True)


def learn(environment: Environment, addresses: list[str]) -> dict[str, str]:
    """The ETag of each address that has one."""
    reader = Reader(environment)
    answers = {address: reader.client.get(address, headers=HEADERS, allow_redirects=False) for address in addresses}
    return {address: etag for address, answer in answers.items() if (etag := (answer.headers or {}).get("ETag"))}


if __name__ == "__main__":
    main()
