"""Static files, collected: under names that tell their content, compressed, to be kept for ever by whoever reads them.

`prepare` collects them. Until it has, or after a file has changed since, each is served under its plain name from
where the apps keep it, so that nothing has to be collected for tests, with DEBUG, or where no folder is writable.
"""

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

STAMP = "collected"
"""A file beside the others that holds the digest of what they were made from."""
LARGE = 200_000
"""Bytes from which brotli's best would cost seconds: the admin and its frameworks have half a dozen such files."""


class QuickCompressor(Compressor):  # type: ignore[misc] # whitenoise has no types
    """Brotli at its best for small files, quick for large ones."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=11 if len(data) < LARGE else 5))


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise has no types
    """WhiteNoise's storage, which gives a plain name where nothing, or something older, has been collected."""

    def load_manifest(self) -> tuple[dict[str, str], str]:
        return super().load_manifest() if is_collected() else ({}, "")

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hash_key(self.clean_name(name)) in self.hashed_files else name

    @cache  # noqa: B019 - there is one storage, and as many names as files
    def url(self, name: str, force: bool = False) -> str:
        """Each is looked up once: ten stand in the head of every page."""
        return str(super().url(name, force))

    def create_compressor(self, **options: Any) -> Compressor:
        return QuickCompressor(**options)


def collect() -> bool:
    """Collect every static file into STATIC_ROOT, unless that was done for these very files; whether it did.

    What was collected before stays: pages that somebody has open still name it. Raises OSError when the folder
    cannot be written.
    """
    if is_collected():
        return False
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    _stamp().unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    _stamp().write_text(digest())
    return True


def is_collected() -> bool:
    """Whether what has been collected was made from the files that there are now."""
    stamp = _stamp()
    return stamp.exists() and stamp.read_text() == digest()


@cache
def digest() -> str:
    """Of the names and contents of every static file of every app."""
    found = blake2b(digest_size=16)
    for path, full_path in sorted(_files().items()):
        found.update(f"{path}\0".encode())
        found.update(blake2b(full_path.read_bytes()).digest())
    return found.hexdigest()


def _files() -> dict[str, Path]:
    files: dict[str, Path] = {}
    for finder in get_finders():
        for path, storage in finder.list([]):
            files.setdefault(path, Path(storage.path(path)))
    return files


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / STAMP
