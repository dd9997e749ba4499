"""Colours that go together: bookcloth and paper for covers, a dark room and its light for title cards."""

from typing import NamedTuple


class Cloth(NamedTuple):
    """A book's ground, the ink of its title, and two colours for its ornament."""

    ground: str
    ink: str
    tint: str
    deep: str


class Room(NamedTuple):
    """A title card's dark ground, its light, and a second colour between them. Its title is nearly white."""

    ground: str
    light: str
    second: str


CLOTHS = (
    Cloth("#4a1d1f", "#f6e9d8", "#d98f6c", "#2f1113"),  # oxblood
    Cloth("#1f3a34", "#f1ead6", "#8fb59a", "#12251f"),  # bottle green
    Cloth("#1d2d4a", "#f0eadb", "#8ea8d0", "#101b30"),  # navy
    Cloth("#c98a2b", "#241803", "#6e3f06", "#e8b95f"),  # ochre
    Cloth("#e9dfc8", "#2a231a", "#a6442f", "#cbb98f"),  # cream, red
    Cloth("#d9dfd6", "#1c2a26", "#3f6b5c", "#b3c2b4"),  # eau de nil
    Cloth("#3a2745", "#f2e6ee", "#c48bb4", "#24172d"),  # plum
    Cloth("#8c3b22", "#fbeedd", "#f0b98b", "#5c2312"),  # terracotta
    Cloth("#2f3d42", "#eef0ea", "#9db8bf", "#1d282c"),  # slate
    Cloth("#dfe3ea", "#1b2436", "#40598f", "#b4bfd3"),  # pale blue
    Cloth("#545a26", "#f6f2d9", "#cfcf86", "#363a14"),  # olive
    Cloth("#f0d9cf", "#3a1a17", "#a5453f", "#dcb3a4"),  # rose
    Cloth("#0f4a52", "#eaf3ee", "#7fc4bd", "#082f35"),  # teal
    Cloth("#26221e", "#f3e7cf", "#d1a24a", "#120f0c"),  # black and gold
)

ROOMS = (
    Room("#15181f", "#e8b64a", "#3d4658"),
    Room("#1c1013", "#e2573f", "#5a1f22"),
    Room("#0d1b21", "#46b3b8", "#1c4a55"),
    Room("#17131f", "#b583e0", "#43305f"),
    Room("#101a14", "#7fc06a", "#28492f"),
    Room("#1d150c", "#f08a3c", "#5c3413"),
    Room("#111624", "#6f96f2", "#2a3c72"),
    Room("#1b1117", "#ee7fa5", "#5b2741"),
    Room("#141414", "#e9e4d8", "#4b4a47"),
    Room("#0c1d1c", "#c9d957", "#2d5148"),
    Room("#191009", "#d9c39a", "#6b3d1f"),
    Room("#12121c", "#f2d14b", "#7a2b3f"),
)
