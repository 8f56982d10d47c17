"""Encoders, which turn queries and passages into unit vectors."""
