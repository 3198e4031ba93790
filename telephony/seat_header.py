"""The header field by which a test call of this machine asks for a seat."""

SEAT_HEADER = "X-Hotline-Seat"
"""Holds the number of the seat that is to ring first."""
