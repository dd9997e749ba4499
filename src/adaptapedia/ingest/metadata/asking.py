"""Many questions side by side on one loop, their answers taken a batch at a time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Generic, TypeVar

from adaptapedia.scheduling.jobs import Interrupted
from adaptapedia.sources.errors import SourceError

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Asker = TypeVar("Asker")


@contextmanager
def on_a_loop(asker: AbstractAsyncContextManager[Asker]) -> Iterator[tuple[asyncio.Runner, Asker]]:
    """A loop that stands still between batches, when the database is written, and a client that lives on it."""
    with asyncio.Runner() as runner:
        entered = runner.run(_enter(asker))
        try:
            yield runner, entered
        finally:
            runner.run(_leave(asker))


class Window(Generic[Question, Answer]):
    """At most `width` questions under way; more start as answers come, and while there is time.

    A question's fault that its asking does not turn into an answer ends everything: nothing new is asked, what
    is under way is still waited for, all answers are handed out, and `check` raises the fault.
    """

    def __init__(
        self,
        questions: Iterable[Question],
        ask: Callable[[Question], Awaitable[Answer]],
        *,
        width: int,
        in_time: Callable[[], bool] = lambda: True,
    ) -> None:
        self._waiting = deque(questions)
        self._ask = ask
        self._width = width
        self._in_time = in_time
        self._under_way: set[asyncio.Future[Answer]] = set()
        self._fault: BaseException | None = None

    @property
    def is_through(self) -> bool:
        return self._fault is not None or not (self._waiting or self._under_way)

    async def answers(self, number: int, *, alive: Callable[[int], None]) -> list[Answer]:
        """The next so many answers, in the order in which they come; fewer at the end, out of time, or before a fault.

        `alive` is told how many there are after each, and may raise Interrupted.
        """
        answers: list[Answer] = []
        while len(answers) < number and self._goes_on():
            done, self._under_way = await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            for answered in done:
                self._take(answered, answers)
            try:
                alive(len(answers))
            except Interrupted as stop:
                self._fault = self._fault or stop
        if self._fault and self._under_way:
            await self._wind_up(answers)
        return answers

    def check(self) -> None:
        """Raises what ended the asking before its time."""
        if self._fault:
            raise self._fault

    def _goes_on(self) -> bool:
        """Whether answers are still to come, once all have been asked for that may be now."""
        if not self._in_time():
            self._waiting.clear()
        while not self._fault and self._waiting and len(self._under_way) < self._width:
            self._under_way.add(asyncio.ensure_future(self._ask(self._waiting.popleft())))
        return not self.is_through

    def _take(self, answered: asyncio.Future[Answer], answers: list[Answer]) -> None:
        if fault := answered.exception():
            self._fault = self._fault or fault
        else:
            answers.append(answered.result())

    async def _wind_up(self, answers: list[Answer]) -> None:
        """Let what is under way come to its end, unless we are asked to stop."""
        if not isinstance(self._fault, SourceError):
            for question in self._under_way:
                question.cancel()
        done, self._under_way = await asyncio.wait(self._under_way)
        for answered in done:
            if not answered.cancelled():
                self._take(answered, answers)


async def _enter(asker: AbstractAsyncContextManager[Asker]) -> Asker:
    return await asker.__aenter__()


async def _leave(asker: AbstractAsyncContextManager[Asker]) -> None:
    await asker.__aexit__(None, None, None)
