"""What open pages see now: the board of live talks, numbered feeds, and who computes proposals."""
