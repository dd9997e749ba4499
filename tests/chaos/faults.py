"""Faults from outside the processes of a scheduler, drawn from a seed and told as they come."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from adaptapedia.local.postgres import Postgres
from adaptapedia.local.valkey import Valkey
from tests.chaos.proxy import Proxy
from tests.processes import Processes, Running

LEASE = 5.0
"""Seconds after which another beat ends the session of a leader that hangs."""
STALL = LEASE + 3
"""Seconds for which a server may pass nothing: longer than a leader may be silent, and than an attempt may."""
CONCURRENCY = 3


@dataclass
class Scene:
    """Beats, workers and servers under attack. The processes reach the servers through the proxies alone."""

    processes: Processes
    postgres: Postgres
    valkey: Valkey
    to_postgres: Proxy
    to_valkey: Proxy
    draw: random.Random
    beats: list[Running] = field(default_factory=list)
    workers: list[Running] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _database: ExitStack = field(default_factory=ExitStack)
    _broker: ExitStack = field(default_factory=ExitStack)
    _asleep: list[tuple[float, Running]] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def start(self, *, beats: int, workers: int) -> None:
        self.workers = [self._worker() for _ in range(workers)]
        self.beats = [self._beat() for _ in range(beats)]

    def start_servers(self) -> None:
        self._database.enter_context(self.postgres.running())
        self._broker.enter_context(self.valkey.running())

    def stop_servers(self) -> None:
        self._broker.close()
        self._database.close()

    def attack(self, *, seconds: float, faults: int) -> None:
        """So many faults, of each kind about as many, spread over so many seconds; then all goes on."""
        kinds = [*self.kinds.values()]
        plan = [kinds[number % len(kinds)] for number in range(faults)]
        self.draw.shuffle(plan)
        began = time.monotonic()
        for number, fault in enumerate(plan):
            self._sleep_until(began + seconds * (number + self.draw.uniform(0.2, 0.8)) / faults)
            fault()
        self._sleep_until(began + seconds)
        self._wake(by=float("inf"))
        for proxy in (self.to_postgres, self.to_valkey):
            proxy.stall(0)

    @property
    def kinds(self) -> dict[str, Callable[[], None]]:
        return {
            "kill a beat": lambda: self._kill(self.beats, self._beat),
            "kill a worker": lambda: self._kill(self.workers, self._worker),
            "stop a beat": lambda: self._freeze(self.beats, longest=LEASE + 2),
            "stop a worker": lambda: self._freeze(self.workers, longest=6),
            "restart PostgreSQL": lambda: self._restart(self._database, self.postgres),
            "restart Valkey": lambda: self._restart(self._broker, self.valkey),
            "cut connections to PostgreSQL": lambda: self._cut(self.to_postgres, "PostgreSQL"),
            "cut connections to Valkey": lambda: self._cut(self.to_valkey, "Valkey"),
            "stall PostgreSQL": lambda: self._stall(self.to_postgres, "PostgreSQL"),
            "stall Valkey": lambda: self._stall(self.to_valkey, "Valkey"),
        }

    def _beat(self) -> Running:
        return self.processes.start_beat(wait=False)

    def _worker(self) -> Running:
        return self.processes.start_worker(concurrency=CONCURRENCY, wait=False)

    def _kill(self, among: list[Running], start: Callable[[], Running]) -> None:
        doomed = among.pop(self.draw.randrange(len(among)))
        self._tell(f"SIGKILL for {doomed.log.stem}")
        doomed.kill()
        self._asleep = [(until, one) for until, one in self._asleep if one is not doomed]
        among.append(start())

    def _freeze(self, among: list[Running], *, longest: float) -> None:
        frozen, length = self.draw.choice(among), self.draw.uniform(0.5, longest)
        self._tell(f"SIGSTOP for {frozen.log.stem}, for {length:.1f} s")
        os.killpg(frozen.pid, signal.SIGSTOP)
        self._asleep.append((time.monotonic() + length, frozen))

    def _restart(self, server: ExitStack, which: Postgres | Valkey) -> None:
        length = self.draw.uniform(0.2, 2)
        self._tell(f"{type(which).__name__} down for {length:.1f} s")
        server.close()
        self._sleep_until(time.monotonic() + length)
        server.enter_context(which.running())

    def _cut(self, proxy: Proxy, name: str) -> None:
        share = self.draw.choice((0.3, 1.0))
        self._tell(f"{proxy.cut(share=share, draw=self.draw)} connections to {name} cut")

    def _stall(self, proxy: Proxy, name: str) -> None:
        length = self.draw.uniform(0.5, STALL)
        self._tell(f"{name} stalls for {length:.1f} s, its connections open")
        proxy.stall(length)

    def _sleep_until(self, moment: float) -> None:
        while (now := time.monotonic()) < moment:
            self._wake(by=now)
            time.sleep(min(0.05, max(0.0, moment - now)))

    def _wake(self, *, by: float) -> None:
        for until, one in [*self._asleep]:
            if until <= by:
                self._asleep.remove((until, one))
                with suppress(ProcessLookupError):
                    os.killpg(one.pid, signal.SIGCONT)

    def _tell(self, what: str) -> None:
        self.told.append(f"{time.monotonic() - self._began:6.1f} s  {what}")
        print(self.told[-1], flush=True)
