"""The embedded Valkey, and addresses with a password, against real servers."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery
from kombu import Connection

from adaptapedia.config import Config
from adaptapedia.local.processes import child, wait_until
from adaptapedia.local.valkey import Valkey
from tests.ports import free_port

PASSWORD, QUOTED = "p@ss/w:rd", "p%40ss%2Fw%3Ard"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A Valkey that wants a password: its addresses over TCP and over a socket."""
    port = free_port()
    server = Valkey(tmp_path / "valkey", tmp_path)
    server.prepare()
    command = [*server.command(), "--port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD]
    with child(command, log=tmp_path / "valkey.log", stop=signal.SIGTERM):
        assert wait_until(lambda: _listens(port), seconds=60)
        yield {"tcp": f"redis://:{QUOTED}@127.0.0.1:{port}", "socket": f"unix://:{QUOTED}@{server.socket}"}


@pytest.mark.parametrize("way", ["tcp", "socket"])
def test_a_password_in_the_address_opens_broker_results_and_cache(guarded: dict[str, str], way: str) -> None:
    config = Config(redis_url=guarded[way], secret_key="k8Jd0s-Pq2Lz7vXwYtR4nBmC6hGfA1e" * 2, allowed_hosts=("a.org",))
    with Connection(config.celery_redis("broker")) as broker:
        broker.SimpleQueue("letters").put("hello")
    results = Celery(backend=config.celery_redis("results"), set_as_current=False).backend
    results.store_result("1", "done", "SUCCESS")
    with redis.Redis.from_url(config.redis("cache")) as cache:
        cache.set("cached", 1)
        for number, key in enumerate(("letters", "celery-task-meta-1", "cached")):
            cache.select(number)
            assert cache.exists(key), f"{key} is not in database {number}"


def test_what_was_written_outlives_a_sigkill(tmp_path: Path) -> None:
    server = Valkey(tmp_path / "valkey", tmp_path / "run")
    (tmp_path / "run").mkdir(mode=0o700)
    server.prepare()
    with child(server.command(), log=tmp_path / "valkey.log", stop=signal.SIGKILL):
        assert wait_until(server.is_ready, seconds=60)
        with redis.Redis.from_url(server.url) as client:
            client.rpush("letters", "hello")
            assert client.waitaof(1, 0, 5000) == [1, 0]
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    with server.running(), redis.Redis.from_url(server.url) as client:
        assert client.lrange("letters", 0, -1) == [b"hello"]


def test_a_server_left_behind_is_ended_before_another_writes_the_same_file(tmp_path: Path) -> None:
    server = Valkey(tmp_path / "valkey", tmp_path / "run")
    (tmp_path / "run").mkdir(mode=0o700)
    server.prepare()
    with child(server.command(), log=tmp_path / "valkey.log", stop=signal.SIGTERM) as left:
        assert wait_until(server.is_ready, seconds=60)
        with server.running():
            assert left.poll() is not None


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
