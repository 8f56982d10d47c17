"""What a text tells by itself: language, layout, sentences, words. It knows no index."""
