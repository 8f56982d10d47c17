"""The embedded encoder: universal-sentence-encoder-multilingual v3, computed by code of our own."""
