"""The keyword index: BM25, phrases and conditions in every script."""
