"""Times as the house writes them: the day first, 24 hours, and their zone, which no template adds once more."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i e"
SHORT_DATETIME_FORMAT = "j M Y, H:i e"
