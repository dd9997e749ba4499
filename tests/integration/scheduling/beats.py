"""Beats whose rounds a test makes one by one."""

from adaptapedia.scheduling.beat import Engine


class Beats:
    """Beats of this process; all end with the test."""

    def __init__(self) -> None:
        self.engines: list[Engine] = []

    def __call__(self) -> Engine:
        self.engines.append(Engine(holder=f"beat {len(self.engines) + 1}"))
        return self.engines[-1]

    def fresh(self) -> Engine:
        """Another one, after those before it have ended."""
        self.close()
        return self()

    def close(self) -> None:
        for engine in self.engines:
            engine.close()
