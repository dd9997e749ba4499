"""Where values come from."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

STARTER = "starter"
"""The source of what a first start is given (`ingest.starter`). Whatever an upstream brings takes its place."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The source, the run and the time that a batch's values are put down to."""

    source: str
    run_id: int | None
    at: datetime

    @property
    def is_starter(self) -> bool:
        """Whether an upstream is still to bring the same things, whatever it says of them."""
        return self.source == STARTER

    @property
    def stamp(self) -> str:
        """The provenance of one field, as JSON."""
        return json.dumps([self.source, self.run_id, self.at.isoformat(timespec="seconds")])

    @property
    def stamp_of_all(self) -> str:
        """The provenance of a whole new entry, as JSON."""
        return f'{{"*": {self.stamp}}}'

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statements of merge/*.sql call these."""
        return {
            "source": self.source,
            "starter": STARTER,
            "run_id": self.run_id,
            "at": self.at,
            "stamp": self.stamp,
            "stamp_of_all": self.stamp_of_all,
        }
