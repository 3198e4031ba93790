"""Subjects as NATS matches them: ``*`` is one token, a last ``>`` one or more."""

CONFIG_BUCKET = "config"
FACTS_STREAM = "FACTS"
FACTS_PATTERN = "fact.>"


def matches(pattern: str, subject: str, /) -> bool:
    """Return whether ``subject`` falls under ``pattern``."""
    wanted, tokens = pattern.split("."), subject.split(".")
    for position, want in enumerate(wanted):
        if want == ">":
            return position < len(tokens)
        if position >= len(tokens) or want not in {"*", tokens[position]}:
            return False
    return len(wanted) == len(tokens)
