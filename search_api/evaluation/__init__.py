"""Measure the quality of a search with queries and relevance judgements."""
