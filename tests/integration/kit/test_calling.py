"""Calls to addresses that are secrets: taken or not, in bounded time, and never told on."""

import time

import pytest

from adaptapedia.kit.calling import NotTaken, call
from tests.far_ends import listening


def test_json_is_posted_and_without_any_it_is_a_get() -> None:
    with listening() as far_end:
        call(f"{far_end.address}/a", told={"text": "Dune"})
        call(f"{far_end.address}/b")
    assert [(method, path) for method, path, _ in far_end.calls] == [("POST", "/a"), ("GET", "/b")]
    assert far_end.calls[0][2] == b'{"text":"Dune"}'


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_is_not_taken_is_told_by_its_host_alone(status: int) -> None:
    with listening() as far_end:
        far_end.plan = [status]
        with pytest.raises(NotTaken) as error:
            call(f"{far_end.address}/secret?token=secret")
    assert str(error.value) == f"127.0.0.1 answered {status}"


def test_an_answer_that_drips_is_given_up() -> None:
    with listening() as far_end:
        far_end.plan = [None]
        began = time.monotonic()
        with pytest.raises(NotTaken, match=r"127\.0\.0\.1 did not answer within 1 s"):
            call(f"{far_end.address}/secret", within=1.0)
        assert time.monotonic() - began < 20


def test_an_address_that_leads_nowhere_names_no_secret() -> None:
    with pytest.raises(NotTaken) as error:
        call("http://127.0.0.1:1/secret")
    assert str(error.value) == "127.0.0.1 cannot be reached (ConnectError)"
