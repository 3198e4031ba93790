"""Plumbing that any asyncio service could use; it knows no telephone."""
