"""The demonstration: simulated callers, one simulated agent, simulated units, and a report of one call."""
