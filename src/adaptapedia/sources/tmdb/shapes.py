"""What TMDb's ids, codes and paths look like. Pure.

Anything else goes into no address of ours, and into no page.
"""

import re

from adaptapedia.sources.values import Part

IMDB_ID = re.compile(r"tt\d{7,10}", re.ASCII)
QID = re.compile(r"Q[1-9]\d{0,14}", re.ASCII)
COUNTRY = re.compile(r"[A-Z]{2}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+")
FEW_WORDS = re.compile(r"\S.{0,39}")
IMAGE_PATH = re.compile(r"/[A-Za-z0-9_-]{1,120}\.(?:jpe?g|png|svg|webp)")
IMAGE_BASE = re.compile(r"https://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9_-]+)*/")
IMAGE_SIZE = re.compile(r"[wh][1-9]\d{0,4}|original", re.ASCII)
TRAILER_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def image_path(part: Part, name: str) -> str:
    return part.shaped(name, IMAGE_PATH, reason="malformed_path")


def language(part: Part, name: str) -> str:
    return part.shaped(name, LANGUAGE, reason="malformed_language")


def country(part: Part) -> str:
    return part.shaped("iso_3166_1", COUNTRY, reason="malformed_country")


def imdb_id(part: Part) -> str:
    return part.shaped("imdb_id", IMDB_ID, reason="malformed_id")
