"""Who may log in, with which password, and whose session a token is."""
