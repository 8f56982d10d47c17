"""Ranks the passages of a generation for one query. docs/ranking.md explains it."""
