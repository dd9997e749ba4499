from datetime import UTC, datetime, timedelta

import pytest

from adaptapedia.ops.words import (
    Cadence,
    KeyPart,
    beside_matrix,
    cadence,
    count_rows,
    distance,
    gist,
    in_short,
    key_parts,
    matrix,
    span,
    stamp,
)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.24, "240 ms"),
        (12, "12 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (3_600, "1 h"),
        (15_600, "4 h 20 min"),
        (86_400, "1 d"),
        (273_600, "3 d 4 h"),
        (-12, "12 s"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


def test_a_distance_says_its_direction() -> None:
    assert distance(NOW + timedelta(minutes=20), now=NOW) == "in 20 min"
    assert distance(NOW - timedelta(seconds=12), now=NOW) == "12 s ago"


def test_a_stamp_carries_its_zone() -> None:
    assert stamp(NOW) == "22 Nov 2026, 02:00 UTC"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("0 2 * * * UTC", Cadence("Daily", "02:00", "UTC")),
        ("0 3 * * sun UTC", Cadence("Sunday", "03:00", "UTC")),
        ("30 5 * * 1 Europe/Berlin", Cadence("Monday", "05:30", "Europe/Berlin")),
        ("0 5 * * 7 UTC", Cadence("Sunday", "05:00", "UTC")),
        ("0 * * * * UTC", Cadence("Hourly", ":00", "UTC")),
        ("*/5 * * * * UTC", None),
        ("0 2 1 * * UTC", None),
        ("0 2 * * 1-5 UTC", None),
        ("0 */2 * * * UTC", None),
        ("every 10 minutes", None),
    ],
)
def test_a_rule_has_a_cadence_where_it_has_a_plain_name(rule: str, expected: Cadence | None) -> None:
    assert cadence(rule) == expected


def test_counts_are_flattened_with_their_groups() -> None:
    rows = list(count_rows({"works": {"created": 3}, "screen_works": 4}))

    assert [(row.name, row.value, row.depth) for row in rows] == [
        ("works", None, 0),
        ("created", 3, 1),
        ("screen works", 4, 0),
    ]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (None, ""),
        ({"deleted": 0}, "nothing to do"),
        ({"deleted": 1_200}, "deleted 1,200"),
        ({"works": {"created": 3, "unchanged": 9_000}, "rejects": {}}, "works unchanged 9,000"),
        ({"status": "healthy", "cache_ms": 1.5}, "status healthy · cache ms 1.5"),
    ],
)
def test_a_result_in_short_leaves_out_what_is_nought(counts: dict[str, object] | None, words: str) -> None:
    assert in_short(counts) == words


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("Q1", [KeyPart("Q1", "")]),
        ("Q1>Q2", [KeyPart("Q1", " → "), KeyPart("Q2", "")]),
        ("Q1#a>b#c", [KeyPart("Q1", " a>b#c")]),
        ("OL1W", [KeyPart("", "OL1W")]),
    ],
)
def test_a_rejects_key_is_taken_apart_into_items_and_text(key: str, parts: list[KeyPart]) -> None:
    assert key_parts(key) == parts


def test_the_gist_of_a_payload_is_its_two_sides_or_its_value() -> None:
    assert gist({"screen": {"item": "Q1", "name": "Dune"}, "source": {"item": "Q2"}}) == "Dune → Q2"
    assert gist({"item": "Q1", "name": "Dune", "value": "tt0"}) == "Dune: tt0"
    assert len(gist({"name": "a" * 200})) == 90


def test_groups_that_count_alike_stand_in_one_table() -> None:
    counts = {
        "works": {"unchanged": 5, "created": 1},
        "adaptations": {"created": 2, "missing": 0, "unchanged": 6},
        "rejected": {"same_item": 1},
        "pairs": 9,
    }

    table = matrix(counts)

    assert table is not None
    assert table.columns == ["created", "unchanged", "missing"]
    assert table.rows == [("works", [1, 5, None]), ("adaptations", [2, 6, 0])]
    assert beside_matrix(counts) == {"rejected": {"same_item": 1}, "pairs": 9}


def test_a_result_without_like_groups_has_no_table() -> None:
    assert matrix({"deleted": 3, "works": {"created": 1}}) is None
