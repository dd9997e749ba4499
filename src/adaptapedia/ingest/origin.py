"""Where values come from."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

STARTER = "starter"
"""The source of what a first start is given (`ingest.starter`). Whatever an upstream brings takes its place."""
FILE = "file"
"""The source of what somebody imports from a file (`ingest.by_hand`). Whatever an upstream brings takes its place."""
YIELDING = (STARTER, FILE)
"""Sources that give way to every one after them in this list, and to every upstream."""

FOLLOWING = ("tmdb", "open_library")
"""Sources that tell of an entry because it is there: what they brought goes with it, and holds nothing."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The source, the run and the time that a batch's values are put down to."""

    source: str
    run_id: int | None
    at: datetime
    is_second_hand: bool = False
    """Told by another than the source itself: nothing is taken back by it (`ingest.second_hand`)."""

    @property
    def yields(self) -> bool:
        """Whether an upstream is still to bring the same things, whatever it says of them."""
        return self.source in YIELDING

    @property
    def adopts(self) -> tuple[str, ...]:
        """The sources whose entries, credits and adaptations become this one's when it brings them too."""
        return YIELDING[: YIELDING.index(self.source)] if self.yields else YIELDING

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
            "adopted": [*self.adopts],
            "run_id": self.run_id,
            "at": self.at,
            "stamp": self.stamp,
            "stamp_of_all": self.stamp_of_all,
        }
