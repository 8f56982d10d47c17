"""The keyword index: BM25 scores, phrases, required and excluded words, in every script."""
