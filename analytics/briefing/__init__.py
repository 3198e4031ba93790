"""Briefings (舆情专报): frozen figures over a period, every number a link that answers with the same value."""
