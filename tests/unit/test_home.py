"""Where an installation keeps its secret."""

import stat
from pathlib import Path

from adaptapedia.home import Home


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    home = Home(data=tmp_path / "deep" / "home", run=tmp_path)
    key = home.secret_key()
    assert len(key) >= 50
    assert home.secret_key() == key
    assert stat.S_IMODE((home.data / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in home.data.iterdir()] == ["secret_key"]
