from datetime import UTC, datetime

import pytest

from adaptapedia.scheduling.moments import NoMoment, moment_of

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T02:00Z", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("2026-11-24 02:00", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("2026-11-24T02:00+01:00", datetime(2026, 11, 24, 1, tzinfo=UTC)),
        (" 2026-11-24 ", datetime(2026, 11, 24, tzinfo=UTC)),
        ("02:00", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("23:00", datetime(2026, 11, 23, 23, tzinfo=UTC)),
        ("now", NOW),
        ("", NOW),
    ],
)
def test_a_moment_is_read_as_people_type_it(text: str, moment: datetime) -> None:
    assert moment_of(text, now=NOW) == moment


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "25:00", "2026", "0001-01-01", "9999-12-31", "1:2:3:4"])
def test_what_is_no_moment_is_refused_with_how_one_is_written(text: str) -> None:
    with pytest.raises(NoMoment, match="2026-11-24T02:00Z"):
        moment_of(text, now=NOW)
