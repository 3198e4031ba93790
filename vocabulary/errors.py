"""The two families of anticipated failures; whoever retries asks the class."""


class HotlineError(Exception):
    """A failure that was foreseen: its text says what was wrong and what to do."""


class Transient(HotlineError):
    """May succeed when tried again unchanged."""


class Permanent(HotlineError):
    """Will fail again until something is changed."""


class Refused(Permanent):
    """A request that was understood and turned down; ``reason`` is a stable code, the text is for people."""

    def __init__(self, reason: str, text: str) -> None:
        """Keep the machine-readable ``reason`` beside the sentence."""
        super().__init__(text)
        self.reason = reason
        self.text = text


class FieldError(Refused):
    """Input with wrong fields; ``fields`` maps a field's name to a sentence in the reader's language."""

    def __init__(self, fields: dict[str, str]) -> None:
        """Name every wrong field, not only the first."""
        super().__init__("invalid-fields", "；".join(fields.values()))
        self.fields = fields


class ChangedMeanwhile(Refused):
    """A change over what somebody else changed since it was read; ``fields`` names what, nothing was taken."""

    def __init__(self, reason: str, text: str, *, fields: dict[str, str]) -> None:
        """Name every field, so that a person can choose."""
        super().__init__(reason, text)
        self.fields = fields


class TooOften(Refused):
    """A request that is allowed, but not so often; ``after_s`` says in how many whole seconds it may be tried again."""

    def __init__(self, reason: str, text: str, *, after_s: int) -> None:
        """Say how often it is allowed, or when again."""
        super().__init__(reason, text)
        self.after_s = after_s
