"""The budget in a real Valkey, shared by several clients of it, each as in a worker of its own."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Barrier, Thread
from uuid import uuid4

import pytest
import redis
from django.conf import settings

from adaptapedia.kit.budget import BreakerOpen, Budget, Crowded, Limits, Paused


class Hours:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


Worker = Callable[..., Budget]


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def worker(hours: Hours) -> Iterator[Worker]:
    """`worker()` gives a budget with a connection of its own; all of one test are of one upstream."""
    name = f"Test-{uuid4().hex}"
    with ExitStack() as held:

        def made(**limits: float | bool | None) -> Budget:
            budget = Budget(
                name,
                settings.BUDGET_URL,
                limits=Limits(**limits),  # type: ignore[arg-type]
                clock=hours,
                sleep=hours.sleep,
            )
            held.callback(budget.close)
            return budget

        yield made


def test_what_one_worker_spends_another_waits_for(worker: Worker, hours: Hours) -> None:
    first, second = worker(), worker()
    with first.turn():
        hours.seconds += 90

    with second.turn():
        pass

    assert hours.slept == [pytest.approx(30, abs=0.01)]


def test_queries_within_the_budget_follow_each_other_at_once(worker: Worker, hours: Hours) -> None:
    budget = worker()
    for _ in range(20):
        with budget.turn():
            hours.seconds += 25

    assert hours.slept == []


def test_no_more_than_the_burst_is_saved_up(worker: Worker, hours: Hours) -> None:
    budget = worker(rate=2, burst=10)
    budget.spend(4)
    hours.seconds += 1
    assert budget.spend(0) == pytest.approx(8)
    hours.seconds += 1000
    assert budget.spend(0) == pytest.approx(10)


def test_a_fixed_cost_is_paid_for_before_the_turn(worker: Worker, hours: Hours) -> None:
    budget = worker(rate=1, burst=3, cost=1, one_at_a_time=False)
    for _ in range(5):
        with budget.turn():
            pass
    assert hours.slept == [pytest.approx(1, abs=0.01), pytest.approx(1, abs=0.01)]


def test_a_turn_that_fails_costs_as_much(worker: Worker) -> None:
    budget = worker(cost=7)
    with pytest.raises(ZeroDivisionError), budget.turn():
        1 / 0  # noqa: B018
    assert budget.spend(0) == pytest.approx(53)


def test_one_worker_asks_at_a_time(worker: Worker, hours: Hours) -> None:
    first, second = worker(patience=3), worker(patience=3)
    with first.turn(), pytest.raises(Crowded, match="without a break"), second.turn():
        pass
    assert sum(hours.slept) == pytest.approx(3, abs=0.3)
    with second.turn():
        pass


def test_threads_take_turns() -> None:
    name, inside, most = f"Test-{uuid4().hex}", 0, 0
    barrier = Barrier(4)

    def ask() -> None:
        nonlocal inside, most
        budget = Budget(name, settings.BUDGET_URL, sleep=lambda _: time.sleep(0.005))
        barrier.wait()
        for _ in range(5):
            with budget.turn():
                inside += 1
                most = max(most, inside)
                inside -= 1
        budget.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert most == 1
    assert not any(thread.is_alive() for thread in threads)


def test_a_killed_holder_does_not_block_for_ever(worker: Worker) -> None:
    dead = worker(holder_dies_after=0.2)
    dead.turn().__enter__()
    name = dead.name
    slow = Budget(name, settings.BUDGET_URL)

    with slow.turn():
        pass
    slow.close()


def test_a_turn_that_outlasts_its_lock_ends_in_peace(worker: Worker) -> None:
    budget = worker(holder_dies_after=0.05)
    with budget.turn(), redis.Redis.from_url(settings.BUDGET_URL) as valkey:
        valkey.delete(f"budget:{budget.name.lower()}:turn")


def test_a_pause_is_waited_for_by_all_and_never_shortened(worker: Worker, hours: Hours) -> None:
    first, second = worker(), worker()
    first.pause(30)
    first.pause(5)
    with second.turn():
        pass
    assert hours.slept == [pytest.approx(30, abs=0.01)]


def test_a_long_pause_is_an_error_that_says_until_when(worker: Worker) -> None:
    budget = worker()
    budget.pause(600)
    with pytest.raises(Paused, match="asked us to pause until 22:23:20 UTC") as caught, budget.turn():
        pass
    assert caught.value.seconds == pytest.approx(600)


def test_the_lock_outlives_a_wait_within_it(worker: Worker, hours: Hours) -> None:
    left: list[int] = []

    def lock_left(seconds: float = 0.0) -> None:
        with redis.Redis.from_url(settings.BUDGET_URL) as valkey:
            left.append(valkey.pttl(f"budget:{worker().name.lower()}:turn"))
        hours.sleep(seconds)

    limits = Limits(holder_dies_after=10)
    budget = Budget(worker().name, settings.BUDGET_URL, limits=limits, clock=hours, sleep=lock_left)
    budget.pause(100)
    with budget.turn():
        lock_left()
    budget.close()

    assert left[0] > 100_000
    assert 5_000 < left[1] <= 10_000, "after it there is as long as ever for the query"


def test_a_turn_that_the_valkey_has_lost_is_taken_anew(worker: Worker, hours: Hours) -> None:
    rival, said = worker(), []

    def lose(seconds: float) -> None:
        hours.sleep(seconds)
        if len(hours.slept) == 1:
            with redis.Redis.from_url(settings.BUDGET_URL) as valkey:
                valkey.delete(f"budget:{rival.name.lower()}:turn")
            inside.enter_context(rival.turn())
            said.append("the rival asks")
        elif len(hours.slept) == 3:
            inside.close()
            said.append("and is answered")

    with ExitStack() as inside:
        budget = Budget(rival.name, settings.BUDGET_URL, limits=Limits(), clock=hours, sleep=lose)
        budget.pause(30)
        with budget.turn(), redis.Redis.from_url(settings.BUDGET_URL) as valkey:
            said.append("we ask")
            assert valkey.pttl(f"budget:{rival.name.lower()}:turn") > 80_000
        budget.close()

    assert said == ["the rival asks", "and is answered", "we ask"]


def test_who_asks_for_a_pause_has_answered(worker: Worker, hours: Hours) -> None:
    budget = worker(failures=1, open_for=60)
    budget.failed()
    hours.seconds += 61
    with budget.turn():
        budget.pause(10)
    with budget.turn():
        pass
    assert hours.slept == [pytest.approx(10, abs=0.01)]
    assert budget.state().open_until is None


def test_failures_in_a_row_open_the_breaker_for_all(worker: Worker, hours: Hours) -> None:
    first, second = worker(failures=3, open_for=60), worker(failures=3, open_for=60)
    first.failed()
    second.failed()
    with second.turn():
        pass
    first.failed()

    said = "is paused until 22:14:20 UTC after 3 failures"
    with pytest.raises(BreakerOpen, match=said) as caught, second.turn():
        pass
    assert caught.value.failures == 3

    hours.seconds += 61
    with second.turn():
        second.failed()
    with pytest.raises(BreakerOpen, match="after 4 failures"), first.turn():
        pass
    hours.seconds += 61
    with first.turn():
        first.succeeded()
    first.failed()
    with second.turn():
        pass


def test_a_success_forgets_the_failures_before_it(worker: Worker) -> None:
    budget = worker(failures=2)
    budget.failed()
    budget.succeeded()
    budget.failed()
    with budget.turn():
        pass


def test_unless_told_otherwise_all_keep_the_time_of_the_valkey() -> None:
    budget = Budget(f"Test-{uuid4().hex}", settings.BUDGET_URL)
    budget.pause(0.05)
    with budget.turn():
        left = budget.spend(0)
    assert 0 < left <= 60
    budget.close()


def test_when_the_breaker_has_been_open_for_its_time_one_alone_tries(worker: Worker, hours: Hours) -> None:
    first, second = (worker(failures=1, open_for=60, one_at_a_time=False, cost=1) for _ in range(2))
    first.failed()
    hours.seconds += 61
    with first.turn():
        with pytest.raises(BreakerOpen), second.turn():
            pass
        first.succeeded()
        with second.turn():
            pass


def test_a_probe_that_never_came_back_is_followed_by_another(worker: Worker, hours: Hours) -> None:
    dead, living = (worker(failures=1, open_for=60, holder_dies_after=75) for _ in range(2))
    dead.failed()
    hours.seconds += 61
    dead.turn().__enter__()
    with redis.Redis.from_url(settings.BUDGET_URL) as valkey:
        valkey.delete(f"budget:{dead.name.lower()}:turn")
    with pytest.raises(BreakerOpen), living.turn():
        pass
    hours.seconds += 76
    with living.turn():
        pass


def side_by_side(name: str, **limits: float) -> Budget:
    made = Limits(cost=1, one_at_a_time=False, **limits)  # type: ignore[arg-type]
    return Budget(name, settings.BUDGET_URL, limits=made)


async def starts_of(budgets: list[Budget], turns: int) -> list[float]:
    """When each of so many turns of each budget began, all asked for at once."""
    begun = []

    async def ask(budget: Budget) -> None:
        async with budget.aturn():
            begun.append(time.monotonic())

    await asyncio.gather(*(ask(budget) for budget in budgets for _ in range(turns)))
    return sorted(begun)


def test_turns_of_two_workers_side_by_side_keep_to_one_rate() -> None:
    budgets = [side_by_side(name, rate=50, burst=1) for name in [f"Test-{uuid4().hex}"] * 2]
    asked = time.monotonic()
    begun = asyncio.run(starts_of(budgets, 20))

    assert len(begun) == 40
    assert begun[-1] - asked >= 0.97 * 39 / 50
    for budget in budgets:
        budget.close()


def test_who_waits_when_a_pause_is_asked_for_waits_for_its_end_too() -> None:
    budget = side_by_side(f"Test-{uuid4().hex}", rate=1, burst=1)

    async def paused_in_between() -> list[float]:
        turns = asyncio.create_task(starts_of([budget], 3))
        while budget.state().asked < 3:
            await asyncio.sleep(0.01)
        paused = time.monotonic()
        await asyncio.to_thread(budget.pause, 4.0)
        return [begun - paused for begun in await turns]

    first, *others = asyncio.run(paused_in_between())

    assert first < 1
    assert min(others) >= 4.0
    budget.close()


def test_side_by_side_is_refused_where_one_asks_at_a_time(worker: Worker) -> None:
    with pytest.raises(ValueError, match="one at a time"):
        asyncio.run(starts_of([worker()], 1))


def test_how_a_budget_stands_can_be_seen(worker: Worker, hours: Hours) -> None:
    budget = worker(rate=1, burst=10, cost=1, one_at_a_time=False, failures=2, open_for=60)
    assert budget.state().asked == 0
    for _ in range(3):
        with budget.turn():
            pass
    budget.pause(30)
    budget.failed()
    budget.failed()

    state = budget.state()

    assert (state.tokens, state.burst) == (7, 10)
    assert (state.asked, state.limited, state.failed, state.failures) == (3, 1, 2, 2)
    assert state.paused_until is not None
    assert state.paused_until.timestamp() == hours.seconds + 30
    assert state.open_until is not None
    assert state.open_until.timestamp() == hours.seconds + 60
    hours.seconds += 31
    assert budget.state().paused_until is None
