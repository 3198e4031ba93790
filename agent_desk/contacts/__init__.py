"""Contacts as the desk remembers them: projections of the log, drafts and the call-back list."""
