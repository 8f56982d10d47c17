"""What a searcher returns beside hits: articles, lists of them, counts."""
