"""Sees what goes wrong outside Celery: in a thread of every beat, and by a command for cron.

`looking` reads rows, `judging` finds what is wrong with them, `keeping` makes troubles of it, `alerts`
tells people. It asks neither the broker nor a worker: what it stands on is the database alone.
"""

import threading

from adaptapedia.scheduling.watchdog.alerts import Teller
from adaptapedia.scheduling.watchdog.rounds import Watchdog


def start_in_beat(stop: threading.Event) -> list[threading.Thread]:
    """Start watching and telling until `stop` is set. The threads, which have connections of their own."""
    news = threading.Event()
    threads: list[threading.Thread] = [Watchdog(stop, news), Teller(stop, news)]
    for thread in threads:
        thread.start()
    return threads
