"""The vector index: nearest passages, sentence vectors, and the cache of what was encoded."""
