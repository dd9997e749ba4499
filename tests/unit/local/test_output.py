"""What `up` prints."""

import io

import pytest

from adaptapedia.local.output import Output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_line_of_a_process_carries_its_label() -> None:
    stream = io.StringIO()
    output = Output(stream)
    output.take("web", b"one\ntwo\n")
    output.say("Ready")
    assert stream.getvalue() == "web          | one\nweb          | two\nadaptapedia  | Ready\n"


def test_a_line_is_printed_when_it_is_whole_or_its_process_ends() -> None:
    stream = io.StringIO()
    output = Output(stream)
    before, after = "half é and the rest".encode()[:6], "half é and the rest".encode()[6:]  # cut within the é
    output.take("web", before)
    output.take("beat", b"mine\n")
    output.take("web", after)
    assert stream.getvalue() == "beat         | mine\n"
    output.finish("web")
    output.finish("web")
    assert stream.getvalue().splitlines()[1:] == ["web          | half é and the rest"]


def test_bytes_that_are_no_text_do_no_harm() -> None:
    stream = io.StringIO()
    Output(stream).take("web", b"\xff\xfe ok\n")
    assert stream.getvalue().endswith("ok\n")


def test_labels_have_colours_in_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    Output(terminal).take("web", b"one\n")
    assert terminal.getvalue() == "\x1b[36mweb         \x1b[0m | one\n"
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    Output(plain).take("web", b"one\n")
    assert "\x1b" not in plain.getvalue()
