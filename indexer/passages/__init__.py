"""Split articles into passages, and decide which text of them is searched."""
