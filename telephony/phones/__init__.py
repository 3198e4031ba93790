"""Telephones of seats. Now: the browser's line."""
