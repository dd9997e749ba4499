"""The core of scheduling: rules, policies, reckoning and the beat's step. Pure: `now` is always given.

`rules.py` says when a schedule is due, `reckoning.py` what becomes of each tick, `engine.py` how a beat goes
on, and `simulation.py` runs the same step under virtual time. All moments are aware datetimes in UTC.
"""
