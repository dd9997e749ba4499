"""A file of pairs, row by row: CSV or JSON Lines, plain or gzipped. However large, a row at a time is held.

A row is a line and its cells by column. What is wrong with one row is a Fault in its place and the
next row is read; what is wrong with the file as a whole ends the reading.
"""

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from adaptapedia.ingest.by_hand.columns import COLUMNS, LISTS, Fault, excerpt

MOST_LINES = 1_000_000
LONGEST_LINE = 1 << 20
"""Bytes."""
DELIMITERS = ",;\t"
GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"
NOT_UTF_8 = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}

Row = tuple[int, Mapping[str, str]]


class FileFault(Exception):
    """The file as a whole cannot be read; the message says why."""


def read_rows(path: str) -> Iterator[Row | Fault]:
    """The rows of a file (`-`: of standard input) and the faults met on the way. Raises FileFault."""
    with _opened(path) as stream:
        lines = _Lines(stream)
        first = next(iter(lines), None)
        if first is None:
            raise FileFault("The file is empty.")
        again = chain([first], lines)
        rows = _json_rows(again, lines) if first.lstrip().startswith(("{", "[")) else _csv_rows(again, lines)
        yield from rows


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as plain:
            stream = plain if isinstance(plain, io.BufferedReader) else io.BufferedReader(plain)  # type: ignore[type-var]
            packed = stream.peek(2)[:2] == GZIP
            yield gzip.GzipFile(fileobj=stream) if packed else stream  # type: ignore[misc]
    except FileNotFoundError:
        raise FileFault(f"There is no file {path}.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileFault(f"The gzipped file is damaged: {error}.") from None
    except OSError as error:
        raise FileFault(f"{path} cannot be read: {error.strerror or error}.") from None


class _Lines:
    """The decoded lines of a stream. Knows the number of the last one, and which were no UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.number = 0
        self.undecoded: dict[int, int] = {}
        """Line → position of its first byte that is no UTF-8, counted from 1 in the whole (unpacked) file."""
        self._begins = 0

    def __iter__(self) -> Iterator[str]:
        while raw := self._stream.readline(LONGEST_LINE + 1):
            self.number += 1
            if len(raw) > LONGEST_LINE:
                raise FileFault(f"Line {self.number:,} is longer than {LONGEST_LINE:,} bytes.")
            if self.number > MOST_LINES:
                raise FileFault(f"The file has more than {MOST_LINES:,} lines. Divide it.")
            yield self._decoded(raw)

    def _decoded(self, raw: bytes) -> str:
        begins = self._begins
        self._begins += len(raw)
        if self.number == 1:
            if raw[:2] in NOT_UTF_8:
                raise FileFault(f"The file is {NOT_UTF_8[raw[:2]]}. Save it as UTF-8.")
            begins, raw = (begins + 3, raw[3:]) if raw.startswith(BOM) else (begins, raw)
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            self.undecoded[self.number] = begins + error.start + 1
            return raw.decode(errors="replace")

    def fault(self, first: int, last: int) -> Fault | None:
        """That one of these lines is no UTF-8, if so."""
        for line in range(first, last + 1):
            if (position := self.undecoded.pop(line, None)) is not None:
                return Fault(line, "", f"no UTF-8 at byte {position:,} of the file")
        return None


def _csv_rows(text: Iterator[str], lines: _Lines) -> Iterator[Row | Fault]:
    header_line = next(text)
    delimiter = max(DELIMITERS, key=lambda sign: len(_known(header_line, sign)))
    header = [name.strip() for name in next(csv.reader([header_line], delimiter=delimiter))]
    _check_header(header, lines)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        begins = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Fault(begins, "", f"no CSV: {error}")
            continue
        if (fault := lines.fault(begins, lines.number)) is not None:
            yield fault
        elif cells and len(cells) != len(header):
            reason = f"{len(cells)} fields where the header has {len(header)}"
            yield Fault(begins, "", reason, excerpt(delimiter.join(cells)))
        elif any(cell.strip() for cell in cells):
            yield begins, dict(zip(header, cells, strict=True))


def _known(header: str, delimiter: str) -> set[str]:
    return {name.strip().strip('"') for name in header.split(delimiter)} & set(COLUMNS)


def _check_header(header: Sequence[str], lines: _Lines) -> None:
    if lines.fault(1, 1):
        raise FileFault("The header is no UTF-8. Save the file as UTF-8.")
    for name in header:
        if name not in COLUMNS:
            _unknown_column(name)
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise FileFault(f"The header names {', '.join(twice)} twice.")
    for side in ("screen", "source"):
        if not {f"{side}_title", f"{side}_item"} & set(header):
            raise FileFault(f"The header has neither {side}_title nor {side}_item.")


def _unknown_column(name: str) -> NoReturn:
    alike = get_close_matches(name, COLUMNS, n=1)
    hint = f" Did you mean {alike[0]}?" if alike else f" The columns are: {', '.join(COLUMNS)}."
    raise FileFault(f"There is no column {excerpt(name) or '(empty)'}.{hint}")


def _json_rows(text: Iterator[str], lines: _Lines) -> Iterator[Row | Fault]:
    for line in text:
        number = lines.number
        if (fault := lines.fault(number, number)) is not None:
            yield fault
        elif line.strip():
            yield from _json_row(number, line)


def _json_row(number: int, line: str) -> Iterator[Row | Fault]:
    try:
        found = json.loads(line, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        yield Fault(number, "", f"no JSON: {reason}", excerpt(line))
        return
    if not isinstance(found, dict):
        yield Fault(number, "", "no object: each line is one, {…}", excerpt(line))
        return
    faults, cells = [], {}
    for name, value in found.items():
        told = _cell(name, value)
        if isinstance(told, str):
            cells[name] = told
        else:
            faults.append(Fault(number, excerpt(name), told.args[0], excerpt(json.dumps(value))))
    if faults:
        yield from faults
    else:
        yield number, cells


def _cell(name: str, value: Any) -> str | ValueError:
    """A value as CSV would have it, or what is wrong with it."""
    if name not in COLUMNS:
        return ValueError("there is no such column")
    if value is None:
        return ""
    if isinstance(value, list) and name in LISTS and all(isinstance(part, str) for part in value):
        return ";".join(value)
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    return ValueError("neither text nor a whole number" + (", nor a list of texts" if name in LISTS else ""))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a column twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
