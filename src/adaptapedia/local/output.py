"""What `up` prints: the lines of its processes, each with its label, and its own."""

import os
import sys
import threading
from typing import TextIO

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92)  # ECMA-48: cyan, yellow, green, magenta, blue, and brighter ones
BOLD = 1
WIDTH = len("worker-quick")


class Output:
    """A stream that many processes share line by line; labels have colours when a person looks on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._unfinished: dict[str, bytes] = {}
        self._labels: dict[str, str] = {}
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """Print a text of our own."""
        for line in text.splitlines():
            self._print(self._paint("adaptapedia".ljust(WIDTH), BOLD), line)

    def take(self, name: str, data: bytes) -> None:
        """Print the whole lines that a process has written, and keep the rest until it ends or goes on."""
        *lines, rest = (self._unfinished.pop(name, b"") + data).split(b"\n")
        for line in lines:
            self._print(self._label(name), line.decode(errors="replace").rstrip("\r"))
        if rest:
            self._unfinished[name] = rest

    def finish(self, name: str) -> None:
        """Print what a process left without an end of line."""
        if rest := self._unfinished.pop(name, b""):
            self.take(name, rest + b"\n")

    def _print(self, label: str, line: str) -> None:
        with self._lock:
            self._stream.write(f"{label} | {line}\n")
            self._stream.flush()

    def _label(self, name: str) -> str:
        if name not in self._labels:
            self._labels[name] = self._paint(name.ljust(WIDTH), COLOURS[len(self._labels) % len(COLOURS)])
        return self._labels[name]

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured else text


def to_terminal() -> Output:
    """The output of a command in the foreground."""
    return Output(sys.stdout)
