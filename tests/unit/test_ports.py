"""The ports of tests are nobody else's: not given twice, not another process's."""

import socket

import pytest

from tests import ports


def test_none_is_given_twice_and_each_process_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    for worker in ("gw0", "gw1", "gw7"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        given += [ports.free_port() for _ in range(50)]

    assert len({*given}) == 150


def test_those_in_a_row_are_free_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_next", iter(range(7, 1_000)))
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw6")
    lowest = ports.LOWEST + 6 * ports.EACH
    with socket.create_server(("127.0.0.1", lowest + 9)):
        assert ports.free_port(in_a_row=3) == lowest + 10
    assert ports.free_port() == lowest + 13


def test_where_none_is_left_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_is_free", lambda _port: False)

    with pytest.raises(RuntimeError, match="no 2 free ports in a row"):
        ports.free_port(in_a_row=2)
