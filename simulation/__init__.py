"""CALLERS, AGENT, UNITS → a demonstration: made-up people and days, who use only what a real one would use."""
