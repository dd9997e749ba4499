"""Static files before and after `prepare` has collected them, as a browser gets them."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client, override_settings

from adaptapedia.local.preparation import collect_static_files
from adaptapedia.web import collected

CSS = "web/fonts.css"


@pytest.fixture
def nothing_collected(tmp_path: Path) -> Iterator[None]:
    with override_settings(STATIC_ROOT=tmp_path / "static"):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every app's files, collected: so no style sheet of theirs names a file that is not there."""
    root = tmp_path_factory.mktemp("collected") / "static"
    with override_settings(STATIC_ROOT=root):
        collect_static_files(say=pytest.fail)
    return root


@pytest.fixture
def all_collected(folder: Path) -> Iterator[None]:
    with override_settings(STATIC_ROOT=folder):
        yield


@pytest.mark.usefixtures("nothing_collected")
def test_what_is_not_collected_has_its_plain_name_and_is_served() -> None:
    assert static(CSS) == f"/static/{CSS}"
    answer = Client().get(static(CSS))
    assert answer.status_code == 200
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("all_collected")
def test_what_is_collected_is_named_by_its_content_and_kept_for_ever() -> None:
    assert re.fullmatch(r"/static/web/fonts\.[0-9a-f]{12}\.css", static(CSS))
    assert "immutable" in Client().get(static(CSS)).headers["Cache-Control"]


@pytest.mark.usefixtures("all_collected")
@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_what_is_collected_comes_compressed_to_whoever_takes_it(encoding: str) -> None:
    plain = _body(Client().get(static(CSS)))
    answer = Client().get(static(CSS), headers={"Accept-Encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    body = _body(answer)
    assert len(body) < len(plain) / 2
    if encoding == "gzip":
        assert gzip.decompress(body) == plain


@pytest.mark.usefixtures("all_collected")
def test_a_collected_style_sheet_names_its_fonts_as_they_were_collected() -> None:
    fonts = re.findall(r'url\("?([^")]+)', _body(Client().get(static(CSS))).decode())
    assert fonts
    for font in fonts:
        answer = Client().get(f"/static/web/{font}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("all_collected")
def test_the_plain_name_of_a_collected_file_is_served_too() -> None:
    assert _body(Client().get(f"/static/{CSS}")) == Path(finders.find(CSS) or "").read_bytes()


@pytest.mark.usefixtures("all_collected")
def test_collecting_twice_does_nothing() -> None:
    assert not collected.collect()


@pytest.mark.usefixtures("all_collected")
def test_a_collection_of_other_files_than_these_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collected, "digest", lambda: "of a newer version")
    assert static(CSS) == f"/static/{CSS}"


@pytest.mark.usefixtures("all_collected")
def test_a_name_that_no_app_has_stays_what_it_is() -> None:
    assert static("web/no-such-file.css") == "/static/web/no-such-file.css"


@override_settings(STATIC_ROOT=Path("/proc/adaptapedia/static"))
def test_where_no_folder_can_be_written_it_is_said_and_plain_names_hold() -> None:
    told: list[str] = []
    collect_static_files(say=told.append)
    assert len(told) == 1
    assert told[0].startswith(f"Static files are served uncompressed: {settings.STATIC_ROOT.parent} cannot be written")
    assert static(CSS) == f"/static/{CSS}"


def _body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]
