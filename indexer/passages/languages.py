"""Passages in another language than their article: a statement quoted whole, a summary for readers abroad.

To identify the language of every passage would take longer than to cut them. Only one that shares hardly a word with
the rest of its article is looked at.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from indexer.article import Article, Passage
from indexer.text.language import surely_another

_SHARED = 0.2
"""The share of its words that a passage has in common with the others, from which it is in their language."""
_WORD = 15
"""Characters of a word on average, from which the text is taken to be written without spaces."""


def tell_languages(article: Article, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages; those that surely are in another language than the article say in which."""
    words = [_words(passage.text) for passage in passages]
    everywhere = Counter(word for each in words for word in set(each))
    return [
        replace(passage, language=surely_another(passage.text, article.language))
        if _stands_out(each, everywhere)
        else passage
        for passage, each in zip(passages, words, strict=True)
    ]


def _words(text: str) -> list[str]:
    words = text.casefold().split()
    return list(text) if words and len(text) > _WORD * len(words) else words


def _stands_out(words: list[str], everywhere: Counter[str]) -> bool:
    """Tell whether hardly any word also stands in another passage; of an only passage all are taken to."""
    shared = sum(everywhere[word] > 1 for word in words)
    return shared < _SHARED * len(words)
