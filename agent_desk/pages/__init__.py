"""The web side of the desk: one file a subject, each with its rows of routes."""
