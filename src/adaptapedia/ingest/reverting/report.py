"""What taking a run back has done, or would do: for people, and as JSON."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

EXAMPLES = 20


@dataclass(slots=True)
class Report:
    """Counts by kind, and of every kind of outcome the first examples.

    `counts` is `{"works": {"restored": 2, "deleted": 1, "left": 1}}`; `left` counts reasons.
    """

    run_id: int
    applied: bool
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, str]] = field(default_factory=list)
    examples_left: list[dict[str, str]] = field(default_factory=list)
    reverted_by: int | None = None
    """The run as which this is recorded; None for a dry run."""

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        """So many more rows of a kind were restored, deleted or left."""
        of_kind = self.counts.setdefault(kind, {"restored": 0, "deleted": 0, "left": 0})
        of_kind[outcome] += number

    def show(self, kind: str, name: str, what: str) -> None:
        """One more example of what was taken back, unless there are enough."""
        if self.room:
            self.examples.append({"kind": kind, "name": name, "what": what})

    def leave(self, kind: str, name: str, why: str) -> None:
        """One row that must stay as it is, and why."""
        self.count(kind, "left")
        self.left[why] += 1
        if len(self.examples_left) < EXAMPLES:
            self.examples_left.append({"kind": kind, "name": name, "why": why})

    @property
    def room(self) -> int:
        """How many more examples are shown."""
        return EXAMPLES - len(self.examples)

    @property
    def recorded(self) -> dict[str, Any]:
        """The counts of its run."""
        return {**self.counts, "left_because": dict(self.left), "reverted_run": self.run_id}

    @property
    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "run": self.run_id,
            "applied": self.applied,
            "recorded_as": self.reverted_by,
            "counts": self.counts,
            "left_because": dict(self.left),
            "examples": self.examples,
            "examples_left": self.examples_left,
        }
