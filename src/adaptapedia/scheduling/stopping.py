"""Whether this worker has been asked to stop, known in its pool's children too.

Celery tells only the main process. One byte of shared memory, made before the pool forks, tells the
children; they also notice when the main process is gone and nobody is left to read their results.
"""

import mmap
import os
from typing import Any

from celery.signals import worker_init, worker_shutting_down

_asked = mmap.mmap(-1, 1)


def _begin(**_: Any) -> None:
    _asked[0] = 0


def _ask(**_: Any) -> None:
    _asked[0] = 1


worker_init.connect(_begin, weak=False)
worker_shutting_down.connect(_ask, weak=False)


class Stopping:
    """Made when an attempt starts; `asked` turns true once the worker should end."""

    def __init__(self) -> None:
        self._parent = os.getppid()

    @property
    def asked(self) -> bool:
        return _asked[0] == 1 or os.getppid() != self._parent
