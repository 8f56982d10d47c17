"""Encoders: texts to unit vectors, queries and passages apart."""
