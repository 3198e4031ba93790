"""One call, one process killed: what the caller hears of it and what the log says afterwards."""
