"""Answering from an index: by HTTP, on a web page and on the command line."""
