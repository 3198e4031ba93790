"""The way from the greeting to a queue, without I/O."""
