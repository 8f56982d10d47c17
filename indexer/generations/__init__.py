"""One complete, immutable index on disk: its files, its manifest, its publication."""
