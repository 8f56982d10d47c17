"""Sources to a published generation."""
