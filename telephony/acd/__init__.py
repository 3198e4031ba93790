"""Automatic call distribution without I/O: seats, queues, offers under a lease."""
