"""The settings of the server that is measured: production's, but that nobody is told to come back later.

The limits still count every request, as they do in production; they are only out of reach.
"""

from adaptapedia.settings import *  # noqa: F403

API_ANONYMOUS_REQUESTS = API_SIGNED_IN_REQUESTS = 1_000_000_000
