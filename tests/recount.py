"""An independent reading of the extract: no code of the project, no SPARQL, only lines of N-Triples."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

TRIPLE = re.compile(r'^<([^>]*)> <([^>]*)> (?:<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<[^>]*>)?) \.$')
ENTITY = "http://www.wikidata.org/entity/Q"
DIRECT = "http://www.wikidata.org/prop/direct/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
SCREEN_ROOTS = {2431196}
WRITTEN_ROOTS = {7725634, 47461344}


@dataclass
class Recount:
    pairs: set[tuple[int, int]] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    classes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    parents: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    subjects: set[int] = field(default_factory=set)

    def is_under(self, qid: int, roots: set[int]) -> bool:
        waiting, seen = list(self.classes[qid]), set()
        while waiting:
            cls = waiting.pop()
            if cls in roots:
                return True
            if cls not in seen:
                seen.add(cls)
                waiting.extend(self.parents[cls])
        return False

    def verdict(self, screen: int, source: int) -> str:
        """What should become of a pair: "work", "remake", or why it is rejected."""
        if screen == source:
            return "same_item"
        if screen not in self.named:
            return "screen_without_name" if source in self.named else "both_without_name"
        if source not in self.named:
            return "source_without_name"
        if not self.is_under(screen, SCREEN_ROOTS):
            return "not_a_screen_work"
        if self.is_under(source, WRITTEN_ROOTS):
            return "work"
        return "remake" if self.is_under(source, SCREEN_ROOTS) else "source_not_a_work"


def recount(extract: Path) -> Recount:
    found = Recount()
    with gzip.open(extract, "rt", encoding="utf-8") as lines:
        for line in lines:
            match = TRIPLE.match(line.rstrip("\n"))
            if match is None or not match[1].startswith(ENTITY):
                continue
            subject = int(match[1].removeprefix(ENTITY))
            found.subjects.add(subject)
            if match[2] in (LABEL, DIRECT + "P1476") and match[4] and not re.fullmatch(r"Q\d+", match[4].strip()):
                found.named.add(subject)
            elif match[3] and match[3].startswith(ENTITY):
                target = int(match[3].removeprefix(ENTITY))
                if match[2] == DIRECT + "P144":
                    found.pairs.add((subject, target))
                elif match[2] == DIRECT + "P31":
                    found.classes[subject].add(target)
                elif match[2] == DIRECT + "P279":
                    found.parents[subject].add(target)
    return found
