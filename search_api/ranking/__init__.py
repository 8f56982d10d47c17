"""Ranks the passages of a generation for one query and picks the rows of the answer. docs/ranking.md explains it."""
