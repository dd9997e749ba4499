"""Every history keeps the promises: hours to a year of schedules, with kills, hangs, outages, edits and pauses."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from adaptapedia.scheduling.core import simulation as sim
from adaptapedia.scheduling.core.simulation import World
from tests.unit.scheduling.core.histories import (
    BEATS,
    NAMES,
    SPANS,
    History,
    Span,
    Told,
    WatchedStore,
    check,
    histories,
    plans,
    play,
    same_rule,
    twenty,
    worked,
)
from tests.unit.scheduling.core.working import Work, works


@settings(deadline=None, max_examples=60)
@given(histories())
def test_every_history_keeps_the_promises(history: History) -> None:
    check(play(history))


def test_twenty_histories_are_the_same_each_time_and_keep_the_promises() -> None:
    found = twenty()
    assert len(found) == 20
    assert found == twenty()
    told = [play(history) for history in found]
    for one in told:
        check(one)
    assert sum(one.deposed for one in told) > 0
    states = Counter(run.state for one in told for workers in worked(one) for run in workers.runs)
    assert {"succeeded", "failed", "skipped", "cancelled"} <= set(states)
    assert {record.reason.partition(":")[0] for one in told for record in one.records} == {"", "missed", "paused"}


class Scheduling(RuleBasedStateMachine):
    """The same, with what happens next drawn one by one."""

    @initialize(span=st.sampled_from(SPANS), data=st.data(), works=st.tuples(*(works for _ in NAMES)))
    def begin(self, span: Span, data: st.DataObject, works: tuple[Work, ...]) -> None:
        self.span, self.world = span, World(span.begin, beats=BEATS, store=WatchedStore(span.begin))
        self.told = Told(span.begin, works=works)
        for name in NAMES[:2]:
            self.happen(sim.Add(span.begin, name, data.draw(plans(span))))

    def happen(self, event: sim.Event) -> None:
        self.told.records += self.world.apply(replace(event, at=self.world.now))

    @rule(units=st.integers(1, 20), much=st.booleans(), more=st.sampled_from((0, 1, 3)))
    def wait(self, units: int, much: bool, more: int) -> None:
        until = self.world.now + units * (3 if much else 1) * self.span.unit + timedelta(seconds=more)
        self.told.records += self.world.advance(min(until, self.span.end))

    @rule(seconds=st.sampled_from((1, 2, 4, 15)))
    def wait_a_little(self, seconds: int) -> None:
        self.told.records += self.world.advance(min(self.world.now + timedelta(seconds=seconds), self.span.end))

    @rule(name=st.sampled_from(NAMES), data=st.data(), what=st.sampled_from(("add", "rule", "policies")))
    def edit(self, name: str, data: st.DataObject, what: str) -> None:
        plan, row = data.draw(plans(self.span)), self.world.store.named(name)
        if row and what == "policies":
            plan = same_rule(row.plan, plan)
        self.happen((sim.Add if what == "add" else sim.Edit)(self.span.begin, name, plan))

    @rule(name=st.sampled_from(NAMES), what=st.sampled_from((sim.Pause, sim.Pause, sim.Resume, sim.Resume, sim.Remove)))
    def pause_or_remove(self, name: str, what: Any) -> None:
        self.happen(what(self.span.begin, name))

    @rule(beat=st.integers(0, BEATS - 1), what=st.sampled_from((sim.Kill, sim.Start, sim.Stop, sim.Continue)))
    def befall(self, beat: int, what: Any) -> None:
        self.happen(what(self.span.begin, beat))

    @rule(beat=st.integers(0, BEATS - 1))
    def hang(self, beat: int) -> None:
        self.happen(sim.Stop(self.span.begin, beat, amid=True))

    @rule(what=st.sampled_from((sim.Cut, sim.Mend, sim.Mend)))
    def lose_the_store(self, what: Any) -> None:
        self.happen(what(self.span.begin))

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.told.end = self.world.now
            check(replace(self.told, changed=self.world.changed, led=self.world.led))


Scheduling.TestCase.settings = settings(deadline=None, max_examples=40, stateful_step_count=30)
TestScheduling = Scheduling.TestCase
