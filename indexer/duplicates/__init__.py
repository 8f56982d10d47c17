"""Find articles that are versions of the same article, and articles that are near-duplicates of one another."""
