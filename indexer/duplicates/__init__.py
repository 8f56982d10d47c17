"""Which articles are versions of one article, and which are copies of one report."""
