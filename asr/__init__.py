"""AUDIO → TRANSCRIPT: every leg of every call is heard, and what both sides say is written down while they say it."""

__all__: list[str] = []
