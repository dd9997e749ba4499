"""What is to be told of a file's lines, on disk where it is much: a million bad lines take no memory."""

import json
import os
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    class OfALine(DataclassInstance, Protocol):
        @property
        def line(self) -> int: ...


One = TypeVar("One", bound="OfALine")

IN_MEMORY = 1 << 18
"""Characters beyond which it goes to a temporary file."""


class Told(Generic[One]):
    """Things told of lines, in the order in which they were added; that of the lines, where `lines` is to be right."""

    def __init__(self, kind: type[One], told: Iterable[One] = ()) -> None:
        self._kind = kind
        self._file = SpooledTemporaryFile[str](max_size=IN_MEMORY, mode="w+", encoding="utf-8")
        weakref.finalize(self, self._file.close)
        self._number = self._last = 0
        self.lines = 0
        """How many different lines something is told of."""
        for one in told:
            self.add(one)

    def add(self, one: One) -> None:
        """Not while somebody iterates."""
        fields: dict[str, Any] = asdict(one)
        self._file.seek(0, os.SEEK_END)
        self._file.write(json.dumps([*fields.values()]) + "\n")
        self._number += 1
        self.lines += one.line != self._last
        self._last = one.line

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[One]:
        self._file.seek(0)
        return (self._kind(*json.loads(line)) for line in self._file)
