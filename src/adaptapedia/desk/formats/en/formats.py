"""Times as the house writes them: the day first, 24 hours, and their zone."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i e"
