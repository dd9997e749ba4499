"""Values out of JSON that somebody else made. Pure.

A value is taken where it is what was due and left out where there is none; anything else is a problem of the
record that is being read, never an exception. Objects are read through `Part`, which knows where it stands.
"""

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from adaptapedia.kit.text import clean

LONGEST_NAME = 1000
LONGEST_TEXT = 20_000
LARGEST_NUMBER = 2**31 - 1
"""What a column of the catalogue holds."""
FIRST_DAY, LAST_DAY = date(1870, 1, 1), date(2100, 12, 31)
"""Nothing was shown on a screen before, and nothing is announced for later."""
SHOWN_OF_A_VALUE = 200
MOST_PROBLEMS = 50

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)


class Part:
    """An object of an answer. The problems met in it and in its own parts are gathered in one place."""

    def __init__(
        self, values: dict[str, Any], *, place: str = "", problems: set[tuple[str, str]] | None = None
    ) -> None:
        self._values = values
        self._place = place
        self._problems: set[tuple[str, str]] = set() if problems is None else problems

    def problems(self) -> list[tuple[str, str]]:
        """(reason, place and value) of what could not be used so far, in order; at most 51."""
        return sorted(self._problems)

    def problem(self, reason: str, name: str, value: object) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.add((reason, clean(f"{self._place}{name} {shown(value)}")))
        else:
            self._problems.add(("more_problems", ""))

    def holds(self, name: str) -> bool:
        """Whether there is anything by that name."""
        return self._values.get(name) is not None

    def is_list(self, name: str) -> bool:
        return isinstance(self._values.get(name), list)

    def is_object(self, name: str) -> bool:
        return isinstance(self._values.get(name), dict)

    def part(self, name: str) -> "Part":
        """The object by that name; an empty one where there is none."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            self.problem("not_an_object", name, value)
        return self._within(value if isinstance(value, dict) else {}, name)

    def parts(self, name: str) -> Iterator["Part"]:
        """The objects of the list by that name."""
        for value in self.values(name):
            if isinstance(value, dict):
                yield self._within(value, name)
            else:
                self.problem("not_an_object", name, value)

    def members(self) -> Iterator[tuple[str, "Part"]]:
        """Every name with its object; the names are cleaned."""
        for name, value in self._values.items():
            if isinstance(value, dict):
                yield shown(name), self._within(value, shown(name))
            else:
                self.problem("not_an_object", shown(name), value)

    def values(self, name: str) -> list[Any]:
        """The list by that name, whatever is in it."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, list):
            self.problem("not_a_list", name, value)
        return value if isinstance(value, list) else []

    def texts(self, name: str, *, shape: re.Pattern[str] | None = None, reason: str = "") -> list[str]:
        """The words in the list by that name, each once, in its order; with a shape those alone that have it."""
        found = dict.fromkeys(filter(None, (self._text(name, value, LONGEST_NAME) for value in self.values(name))))
        if shape is None:
            return list(found)
        for text in found:
            if not shape.fullmatch(text):
                self.problem(reason, name, text)
        return [text for text in found if shape.fullmatch(text)]

    def text(self, name: str, *, longest: int = LONGEST_NAME) -> str:
        """The words by that name, clean; empty where there are none."""
        return self._text(name, self._values.get(name), longest)

    def shaped(self, name: str, shape: re.Pattern[str], *, reason: str) -> str:
        """The words by that name where they have that shape as a whole; otherwise `reason` is the problem."""
        text = self.text(name)
        if text and not shape.fullmatch(text):
            self.problem(reason, name, text)
            return ""
        return text

    def whole(self, name: str, *, least: int = 0, most: int = LARGEST_NUMBER) -> int | None:
        """The whole number by that name, between bounds."""
        return self._whole(name, self._values.get(name), least, most)

    def wholes(self, name: str, *, least: int = 0, most: int = LARGEST_NUMBER) -> list[int]:
        """The whole numbers in the list by that name, between bounds, in its order."""
        found = (self._whole(name, value, least, most) for value in self.values(name))
        return [number for number in found if number is not None]

    def flag(self, name: str) -> bool:
        """Whether something is said to be so."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, bool):
            self.problem("not_true_or_false", name, value)
        return value is True

    def real(self, name: str, *, least: float = 0.0, most: float = 1e9) -> float | None:
        """The number by that name, between bounds."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            self.problem("not_a_number", name, value)
            return None
        if not least <= value <= most:
            self.problem("number_out_of_range", name, value)
            return None
        return float(value)

    def day(self, name: str) -> date | None:
        """The day by that name, `1984-12-14`."""
        text = self.text(name)
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            day = date(*map(int, found.groups())) if found else None
        except ValueError:  # the 30th of February, the year 0
            day = None
        if day is None:
            self.problem("malformed_date", name, text)
        elif not FIRST_DAY <= day <= LAST_DAY:
            self.problem("date_out_of_range", name, text)
            return None
        return day

    def made_of(self, **values: Any) -> "Part":
        """An object of these values, at the place of this one."""
        return Part(values, place=self._place, problems=self._problems)

    def _text(self, name: str, value: object, longest: int) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problem("not_text", name, value)
            return ""
        text = clean(value[: 4 * longest])  # what is longer still after cleaning is too long as well
        if len(text) > longest or len(value) > 4 * longest:
            self.problem("text_too_long", name, text)
            return ""
        return text

    def _whole(self, name: str, value: object, least: int, most: int) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_whole(value):
            self.problem("not_a_whole_number", name, value)
            return None
        if not least <= value <= most:
            self.problem("number_out_of_range", name, value)
            return None
        return int(value)

    def _within(self, values: dict[str, Any], name: str) -> "Part":
        return Part(values, place=f"{self._place}{name}.", problems=self._problems)


def shown(value: object) -> str:
    """A value in a line, as evidence; of lists and objects, which have no end, their size alone."""
    if isinstance(value, dict):
        names = ", ".join(clean(str(name)[:40]) for name in list(value)[:12])
        return f"an object of {len(value)}: {names}" if names else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, int) and value.bit_length() > 128:
        return f"a number of {value.bit_length()} bits"
    text = clean(value[: 4 * SHOWN_OF_A_VALUE] if isinstance(value, str) else str(value))
    return text if len(text) <= SHOWN_OF_A_VALUE else text[:SHOWN_OF_A_VALUE] + "…"


def _is_whole(value: float) -> bool:
    return isinstance(value, int) or (math.isfinite(value) and value.is_integer())
