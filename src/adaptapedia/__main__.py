"""`adaptapedia …` is `manage.py` with the settings found."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adaptapedia.settings")
    from django.core.management import execute_from_command_line

    from adaptapedia.config import ConfigError

    try:
        import adaptapedia.celery  # noqa: F401 - makes our Celery app the current one

        execute_from_command_line(sys.argv)
    except ConfigError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
