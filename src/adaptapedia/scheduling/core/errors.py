"""What the core raises for what people wrote."""


class BadRule(ValueError):
    """A rule or policy that cannot be kept. Its text, a sentence, names the field and what is wrong with it."""
