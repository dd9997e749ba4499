"""The colours of the design system, by WCAG's measure: AAA for text, AA for what is coloured."""

import re
from pathlib import Path

import pytest

import adaptapedia.web
from tests.unit.web.test_covers import contrast

TOKENS = (Path(adaptapedia.web.__file__).parent / "static/web/tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): (?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}));")
COLOURS = {name: (day or both, night or both) for name, day, night, both in PAIR.findall(TOKENS)}


@pytest.mark.parametrize("hour", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("ink", "paper", 7),
        ("ink", "paper-2", 7),
        ("ink-2", "paper", 7),
        ("light", "screen", 7),
        ("light-2", "screen", 7),
        ("beam-ink", "beam", 7),
        ("ink-2", "paper-2", 4.5),
        ("light-2", "screen-2", 4.5),
        ("accent", "paper", 4.5),
        ("accent", "paper-2", 4.5),
        ("flare", "screen", 4.5),
        ("beam", "screen", 4.5),
        ("well", "paper", 4.5),
        ("rule-2", "paper", 3),
        ("rule-2", "paper-2", 3),
    ],
)
def test_every_colour_can_be_told_from_its_ground(text: str, ground: str, least: float, hour: int) -> None:
    assert contrast(COLOURS[text][hour], COLOURS[ground][hour]) >= least
