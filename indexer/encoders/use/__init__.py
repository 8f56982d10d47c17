"""The embedded encoder: our own implementation of the network of universal-sentence-encoder-multilingual v3."""
