"""Answers a query from the current generation of an index. It does not know HTTP or the command line."""
