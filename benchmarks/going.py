"""The run of a job that nobody watches."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Going:
    """What a job sees of its run (`scheduling.jobs.Run`); nothing is known of earlier ones."""

    id: int
    attempt: int = 1
    last_attempt: bool = False
    answer: str = ""
    suspicions: list[str] = field(default_factory=list)

    def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
        """Nobody is to be told."""

    def suspect(self, why: str) -> None:
        self.suspicions.append(why)

    def usual(self, figure: str) -> None:
        return None
