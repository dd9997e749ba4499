"""Folders that nobody else can read or has put in our way."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from adaptapedia.local.errors import LocalError, Unusable
from adaptapedia.local.processes import wait_until

SYSTEM_USER = "adaptapedia-postgres"


def private_folder(path: Path, *, owner: str | None = None, passable: bool = False) -> Path:
    """Make `path` a folder of ours, or of the system user `owner`, that nobody else can read.

    With `passable` others may walk through it, as root's data must let PostgreSQL's user reach its part.
    Raises Unusable when it cannot be made, or is a link or somebody else's, as a stranger may plant in /tmp.
    """
    mode = 0o711 if passable else 0o700
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=mode, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in _trusted(owner):
            raise Unusable(path, "belongs to somebody else", "Remove it, or set ADAPTAPEDIA_HOME to another folder.")
        if owner and found.st_uid != pwd.getpwnam(owner).pw_uid:
            account = pwd.getpwnam(owner)
            os.chown(path, account.pw_uid, account.pw_gid)
        if stat.S_IMODE(found.st_mode) != mode:
            path.chmod(mode)
    except OSError as error:
        advice = "Set ADAPTAPEDIA_HOME to a folder of yours."
        raise Unusable(path, f"cannot be made or written ({error.strerror})", advice) from None
    return path


def system_user() -> str | None:
    """The user that PostgreSQL runs as, made when missing and said aloud; None unless we are root.

    PostgreSQL refuses to run as root, so root lends it a user that owns nothing else.
    """
    if os.geteuid() != 0:
        return None
    if not _exists(SYSTEM_USER) and _make_system_user():
        print(f"Made the system user {SYSTEM_USER}, because PostgreSQL refuses to run as root.", flush=True)
    return SYSTEM_USER


def can_reach(path: Path, *, user: str) -> bool:
    """Whether `user` may walk to `path` and run it, or pass through it."""
    test = ["/usr/bin/env", "test", "-x", str(path)]
    return subprocess.run(test, user=user, group=user, extra_groups=[], check=False, cwd="/").returncode == 0  # noqa: S603


def _trusted(owner: str | None) -> set[int]:
    return {os.geteuid()} | ({pwd.getpwnam(owner).pw_uid} if owner else set())


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _make_system_user() -> bool:
    """Whether it was we who made it: two that start side by side both try."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run([*command, "--shell", "/bin/false", SYSTEM_USER], check=True, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        raise LocalError(
            f"PostgreSQL refuses to run as root, and there is no useradd here to make the user {SYSTEM_USER}. "
            "Run as an ordinary user, or make that user."
        ) from None
    except subprocess.CalledProcessError as error:
        if wait_until(lambda: _exists(SYSTEM_USER), seconds=3):
            return False
        raise LocalError(f"The system user {SYSTEM_USER} could not be made: {error.stderr.strip()}") from None
    return True
