"""What an upstream can do to us. One small tree for all of them; the data are attributes."""


class SourceError(Exception):
    """Base of all faults of an upstream. `retryable` says whether asking again later can help."""

    retryable = True

    def __init__(self, message: str, *, evidence: str = "") -> None:
        """`evidence` is what was seen, at most a few hundred characters of the answer; tracebacks show it."""
        super().__init__(message)
        self.evidence = ""
        if evidence:
            self.see(evidence)

    def see(self, evidence: str) -> None:
        """Keep this evidence instead of any other."""
        self.evidence = evidence[:500]
        self.__notes__ = [f"What was seen: {self.evidence}"]


class RateLimited(SourceError):
    """The upstream asks us to wait `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: float, evidence: str = "") -> None:
        super().__init__(message, evidence=evidence)
        self.retry_after = retry_after


class Unavailable(SourceError):
    """The upstream cannot be reached, or answers that it is broken."""


class TimedOut(Unavailable):
    """The upstream gave up on this query: a smaller one may do."""


class Truncated(SourceError):
    """An answer that ended early, or does not hold what was counted."""


class Rejected(SourceError):
    """The upstream refuses us or our query: asking the same again does not help."""

    retryable = False


class NotFound(SourceError):
    """The upstream does not have what was asked for."""

    retryable = False
