"""Files, whole and broken → rows and faults."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from adaptapedia.ingest.by_hand import reading
from adaptapedia.ingest.by_hand.columns import Fault
from adaptapedia.ingest.by_hand.reading import FileFault, Row, read_rows

HEAD = "screen_title,source_title,note\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pairs"


def read(path: Path, content: bytes | str) -> list[Row | Fault]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_rows(str(path)))


def told(path: Path, content: bytes | str) -> list[tuple[int, str, str]]:
    return [(row.line, row.column, row.reason) for row in read(path, content) if isinstance(row, Fault)]


def row(screen: str, source: str, note: str = "") -> dict[str, str]:
    return {"screen_title": screen, "source_title": source, "note": note}


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_csv_is_read_whatever_its_delimiter_ends_and_bom(path: Path, sign: str, end: str, bom: str) -> None:
    text = bom + f'screen_title{sign}"source_title"{sign}note{end}A{sign}"B{sign} ""b"""{sign}{end}'
    assert read(path, text) == [(2, row("A", f'B{sign} "b"'))]


def test_lines_are_counted_with_those_inside_quotes_and_empty_ones(path: Path) -> None:
    assert read(path, HEAD + '"A\nA",B,\n\n  ,,\nC,D,\n') == [(2, row("A\nA", "B")), (6, row("C", "D"))]


def test_json_lines_are_read_as_csv_would_have_them(path: Path) -> None:
    objects = [
        {"screen_title": "A", "source_title": "B", "screen_year": 1984, "source_year": None},
        {"screen_title": "C", "source_authors": ["D", "E"]},
    ]
    assert read(path, "\n".join(map(json.dumps, objects)) + "\n\n") == [
        (1, {"screen_title": "A", "source_title": "B", "screen_year": "1984", "source_year": ""}),
        (2, {"screen_title": "C", "source_authors": "D;E"}),
    ]


def test_gzip_is_told_by_its_content(path: Path) -> None:
    assert read(path, gzip.compress((HEAD + "A,B,\n").encode())) == [(2, row("A", "B"))]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A,B", "2 fields where the header has 3"),
        ("A,B,C,D", "4 fields where the header has 3"),
        ('A,"B"x,C', "no CSV: ',' expected after '\"'"),
        (f"A,B,{'x' * 140_000}", "no CSV: field larger than field limit (131072)"),
    ],
)
def test_a_bad_line_of_csv_is_told_and_the_next_is_read(path: Path, line: str, reason: str) -> None:
    assert told(path, f"{HEAD}{line}\nE,F,\n") == [(2, "", reason)]
    assert read(path, f"{HEAD}{line}\nE,F,\n")[-1] == (3, row("E", "F"))


def test_a_quote_that_is_never_closed_is_told_where_it_opens(path: Path) -> None:
    assert told(path, HEAD + 'A,B,\n"C,D,\nE,F,\n') == [(3, "", "no CSV: unexpected end of data")]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("[1, 2]", "", "no object: each line is one, {…}"),
        ('"text"', "", "no object: each line is one, {…}"),
        ("{", "", "no JSON: Expecting property name"),
        ('{"screen_title": NaN}', "", "no JSON: NaN is no JSON"),
        ('{"note": "a", "note": "b"}', "", "no JSON: a column twice in one object"),
        ('{"titel": "A"}', "titel", "there is no such column"),
        ('{"screen_title": {"a": 1}}', "screen_title", "neither text nor a whole number"),
        ('{"screen_title": ["a"]}', "screen_title", "neither text nor a whole number"),
        ('{"screen_year": 1984.5}', "screen_year", "neither text nor a whole number"),
        ('{"screen_year": true}', "screen_year", "neither text nor a whole number"),
        ('{"source_authors": ["a", 1]}', "source_authors", "nor a list of texts"),
        ('{"note": ' + "[" * 100_000 + "]" * 100_000 + "}", "", "no JSON: nested too deeply"),
        ('{"screen_year": ' + "9" * 5_000 + "}", "", "no JSON: Exceeds the limit"),
    ],
)
def test_a_bad_line_of_json_is_told_and_the_next_is_read(path: Path, line: str, column: str, reason: str) -> None:
    text = '{"screen_title": "A"}\n' + line + '\n{"screen_title": "B"}\n'
    ((number, at, why),) = told(path, text)
    assert (number, at) == (2, column)
    assert reason in why
    assert read(path, text)[-1] == (3, {"screen_title": "B"})


def test_what_is_no_utf_8_is_told_with_the_position_of_the_byte(path: Path) -> None:
    body = HEAD.encode() + b"A,B,\n" + b"caf\xe9,B,\n" + b"C,D,\n"
    assert told(path, body) == [(3, "", f"no UTF-8 at byte {len(HEAD) + 5 + 4} of the file")]
    assert told(path, b"\xef\xbb\xbf" + body) == [(3, "", f"no UTF-8 at byte {len(HEAD) + 5 + 4 + 3} of the file")]
    assert told(path, b'{"screen_title": "A"}\n\xff\n') == [(2, "", "no UTF-8 at byte 23 of the file")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        ("screen_title\n".encode("utf-16"), "The file is UTF-16. Save it as UTF-8."),
        (b"screen_titl\xe9,source_title\n", "The header is no UTF-8."),
        (b"screen_titel,source_title\n", "There is no column screen_titel. Did you mean screen_title?"),
        (b"xyz,source_title\n", "There is no column xyz. The columns are: screen_item,"),
        (b"screen_title,source_title,\n", r"There is no column \(empty\)"),
        (b"screen_title,screen_title,source_title\n", "The header names screen_title twice."),
        (b"screen_title,note\n", "The header has neither source_title nor source_item."),
        (gzip.compress(HEAD.encode(), mtime=0)[:-10], "The gzipped file is damaged"),
        (gzip.compress(HEAD.encode(), mtime=0)[:12] + b"\xff" * 40, "The gzipped file is damaged"),
        (HEAD.encode() + b"A" * ((1 << 20) + 1), "Line 2 is longer than 1,048,576 bytes."),
        (b"\0" * 100, "There is no column"),
        (b"<html><body>404</body></html>", "There is no column"),
        (b"%PDF-1.7\n", "There is no column"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_a_sentence(path: Path, content: bytes, words: str) -> None:
    with pytest.raises(FileFault, match=words):
        read(path, content)


def test_a_folder_and_a_file_that_is_not_there_are_sentences(tmp_path: Path) -> None:
    for name, words in ((tmp_path, "cannot be read: Is a directory"), (tmp_path / "none", "There is no file")):
        with pytest.raises(FileFault, match=words):
            list(read_rows(str(name)))


def test_a_file_of_too_many_lines_is_to_be_divided(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 3)
    with pytest.raises(FileFault, match="more than 3 lines"):
        read(path, HEAD + "A,B,\n" * 3)


def test_a_gzip_bomb_ends_at_its_first_long_line_in_little_memory(path: Path) -> None:
    path.write_bytes(gzip.compress(HEAD.encode() + b"A" * 200_000_000))
    tracemalloc.start()
    with pytest.raises(FileFault, match="Line 2 is longer"):
        list(read_rows(str(path)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
