"""Readers: one module for each format, all yielding articles or a notice why not."""
