"""Analysis of plain text: language, paragraphs, sentences, words. It knows nothing of indexes."""
