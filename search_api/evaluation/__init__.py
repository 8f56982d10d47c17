"""Measures an index with somebody's own queries and judgements."""
