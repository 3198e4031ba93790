"""Transactions (RFC 3261 §17, RFC 6026): what is sent again, when, and for how long. They know nothing of dialogs."""
