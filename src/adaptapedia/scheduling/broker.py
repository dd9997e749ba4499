"""One repair of kombu 5.7's Redis transport, made through its own extension point.

When the broker goes away while a late-acknowledged message is being worked on, the worker closes its
channel a second time after the transport has been taken apart. Giving back the message then fails with
an AttributeError, which nobody expects: the worker ends as after an "unrecoverable error". Raised as the
connection error that it is, the worker connects again, as for any other lost connection.
"""

from typing import Any

from kombu.transport.redis import Channel, Transport


class ClosedTransportIsAConnectionError(Channel):
    """A channel that says in kombu's words that its transport is gone."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection.client is None:
            raise ConnectionError("the transport of this channel is closed")
        params: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[no-untyped-call]
        return params


def repair_transport() -> None:
    """Let the Redis transport make such channels. Call it before the first connection."""
    Transport.Channel = ClosedTransportIsAConnectionError
