"""Find passages in another language than their article: a statement quoted in full, a summary in a foreign language.

Identifying the language of every passage would take longer than cutting the articles. So only those passages are
examined that have hardly a word in common with the rest of their article.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from indexer.article import Article, Passage
from indexer.text.language import surely_another

_MIN_SHARED = 0.2
"""A passage is examined if less than this share of its words occurs in the article's other passages."""
_MAX_WORD_LENGTH = 15
"""A text whose words have more characters than this on average is taken to be written without spaces."""


def tell_languages(article: Article, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages, with ``language`` set on those that are surely not in the article's language."""
    words = [_words(passage.text) for passage in passages]
    passages_with = Counter(word for each in words for word in set(each))
    return [
        replace(passage, language=surely_another(passage.text, article.language))
        if _stands_out(each, passages_with)
        else passage
        for passage, each in zip(passages, words, strict=True)
    ]


def _words(text: str) -> list[str]:
    words = text.casefold().split()
    return list(text) if words and len(text) > _MAX_WORD_LENGTH * len(words) else words


def _stands_out(words: list[str], passages_with: Counter[str]) -> bool:
    """Tell whether hardly any of the passage's words occurs in another passage of the article.

    This is always true of an article's only passage.
    """
    shared = sum(passages_with[word] > 1 for word in words)
    return shared < _MIN_SHARED * len(words)
