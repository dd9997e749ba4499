import pytest

from adaptapedia.sources.openlibrary import queries


def test_many_works_are_one_search() -> None:
    path, params = queries.works(["OL893415W", "OL45804W", "OL893415W"])

    assert path == "/search.json"
    assert params["q"] == 'key:("/works/OL45804W" OR "/works/OL893415W")'
    assert params["limit"] == 2
    assert "ratings_count" in str(params["fields"]).split(",")


def test_a_hundred_works_are_the_most() -> None:
    keys = [f"OL{number}W" for number in range(1, 102)]

    assert queries.works(keys[:100])[1]["limit"] == 100
    for wrong in (keys, []):
        with pytest.raises(ValueError, match="1 to 100 works"):
            queries.works(wrong)


@pytest.mark.parametrize("raw", ["OL1M", "OL0W", "/works/OL1W", 'OL1W" OR "', "../OL1W", ""])
def test_what_is_no_key_of_a_work_is_not_asked_for(raw: str) -> None:
    with pytest.raises(ValueError, match="no key of a work"):
        queries.works(["OL1W", raw])
    with pytest.raises(ValueError, match="no key of a work"):
        queries.record(raw)


def test_a_record_lies_at_its_key() -> None:
    assert queries.record("OL1W") == ("/works/OL1W.json", {})
