"""`adaptapedia …` is `manage.py` with the settings found."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adaptapedia.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, connection

    from adaptapedia.config import ConfigError

    try:
        import adaptapedia.celery  # noqa: F401 - makes our Celery app the current one

        execute_from_command_line(sys.argv)
    except ConfigError as error:
        sys.exit(str(error))
    except OperationalError as error:
        if connection.connection is not None:
            raise
        sys.exit(f"The database does not answer: {str(error).strip()}\nThe embedded one runs while `make up` does.")


if __name__ == "__main__":
    main()
