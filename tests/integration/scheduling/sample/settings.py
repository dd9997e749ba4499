"""The settings of workers and beats in these tests: ours, the sample jobs, and less patience.

`SAMPLE_TIMING` (JSON, seconds by name) changes single times, `SAMPLE_VISIBILITY` (seconds) after how long Valkey hands
out again what nobody has acknowledged.
"""

import json
import os
from datetime import timedelta

from adaptapedia.settings import *  # noqa: F403 - settings are names
from adaptapedia.settings import CELERY_BROKER_TRANSPORT_OPTIONS as BROKER
from adaptapedia.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "tests.integration.scheduling.sample.apps.SampleConfig"]

_seconds = {"heartbeat": 0.5, "lost_after": 3, "resend_after": 3, "write_within": 60}
_seconds |= json.loads(os.environ.get("SAMPLE_TIMING", "{}"))
SCHEDULING_TIMING = {name: timedelta(seconds=seconds) for name, seconds in _seconds.items()}

if "SAMPLE_VISIBILITY" in os.environ:
    CELERY_BROKER_TRANSPORT_OPTIONS = {**BROKER, "visibility_timeout": float(os.environ["SAMPLE_VISIBILITY"])}
    SILENCED_SYSTEM_CHECKS = ["scheduling.E001"]  # which forbids just this
