"""`adaptapedia …` is `manage.py` with the settings found."""

import os
import sys

from adaptapedia.config import Config, ConfigError
from adaptapedia.local.errors import LocalError


def main() -> None:
    try:
        # `up` itself needs no Django, and to load it is a good part of the time until everything answers.
        run_everything() if sys.argv[1:] == ["up"] else run_command()
    except (ConfigError, LocalError) as error:
        sys.exit(str(error))


def run_everything() -> None:
    """The command `up`: exits with 0 when it was told to stop, with 1 when something is in the way."""
    from adaptapedia.local.output import to_terminal
    from adaptapedia.local.up import up

    sys.exit(up(Config.load(), output=to_terminal()))


def run_command() -> None:
    """Any of Django's commands or ours. A database that is away is a sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adaptapedia.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, connection

    import adaptapedia.celery  # noqa: F401 - sets Django up, with our Celery app as the current one

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if connection.connection is not None:
            raise
        sys.exit(f"The database does not answer: {str(error).strip()}\nThe embedded one runs while `make up` does.")


if __name__ == "__main__":
    main()
