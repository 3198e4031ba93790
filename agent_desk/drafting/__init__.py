"""Fills the order form from the talk: every proposal names the words it comes from and how sure it is."""
