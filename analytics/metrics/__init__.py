"""Figures as Ibis expressions, the same on PostgreSQL, DuckDB and Spark."""
