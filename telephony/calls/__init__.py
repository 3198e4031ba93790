"""Calls: a pure machine (``call``), and the switch that runs it."""
