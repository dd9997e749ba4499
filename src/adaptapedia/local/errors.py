"""What can keep this machine from running Adaptapedia; each text is a sentence for the person who typed `make up`."""

from pathlib import Path


class LocalError(Exception):
    """The embedded default cannot run here."""


class NoBinary(LocalError):
    """No usable server program was found."""

    def __init__(self, server: str, wanted: str, advice: str) -> None:
        super().__init__(f"{server} {wanted} was not found on this machine. {advice}")
        self.server = server


class Unusable(LocalError):
    """A folder cannot be trusted or used."""

    def __init__(self, folder: Path, fault: str, advice: str) -> None:
        super().__init__(f"The folder {folder} {fault}. {advice}")
        self.folder = folder


class StartFailed(LocalError):
    """A server did not come up."""

    def __init__(self, server: str, fault: str, output: str) -> None:
        super().__init__(f"{server} did not start: {fault}." + (f"\n{output.rstrip()}" if output.strip() else ""))
        self.server = server


class AlreadyRunning(LocalError):
    """Another `up` holds this home."""

    def __init__(self, home: Path, holder: str) -> None:
        super().__init__(
            f"Adaptapedia already runs on {home} ({holder}). Stop that one first, or set ADAPTAPEDIA_HOME."
        )
        self.home = home
