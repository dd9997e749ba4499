"""The folders of one installation on the embedded default."""

import hashlib
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Home:
    """`data` is lasting, `run` holds sockets and has a short name.

    A socket's path may have 107 bytes (unix(7)), so `run` is never inside a deep checkout.
    """

    data: Path
    run: Path

    @classmethod
    def find(cls, chosen: Path | None, *, runtime: Path, lab: bool = False) -> Self:
        """The home at a chosen place, else the checkout's own, of which there is another for the upstream lab.

        `runtime` is the folder for `run`, unless we are root or cannot write there.
        """
        apart = "-lab" if lab and chosen is None else ""
        key = hashlib.sha256(f"{chosen or CHECKOUT}{apart}".encode()).hexdigest()[:10]
        if os.geteuid() == 0:
            return cls(data=chosen or Path("/var/lib/adaptapedia") / key, run=Path("/run") / f"adaptapedia-{key}")
        fits = len(str(runtime)) < 60 and os.access(runtime, os.W_OK)
        run = runtime if fits else Path("/tmp")  # noqa: S108 - made 0700 and checked when used
        return cls(data=chosen or CHECKOUT / f".adaptapedia{apart}", run=run / f"adaptapedia-{os.geteuid()}-{key}")

    def secret_key(self) -> str:
        """The key of this installation, made on first use; only its owner can read the file.

        Raises OSError when the folder cannot be written.
        """
        path = self.data / "secret_key"
        if not path.exists():
            self._keep_key(path)
        return path.read_text().strip()

    def _keep_key(self, path: Path) -> None:
        self.data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self.data)  # 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50) + "\n")
        with suppress(FileExistsError):  # another process was first: its key holds
            os.link(draft, path)
        os.unlink(draft)
