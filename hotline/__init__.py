"""COMPOSITION. The only room that knows all: command line, settings, wiring, roles, the demo."""
