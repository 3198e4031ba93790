"""Faults put into a copy of the house, each of which must turn a test red."""
