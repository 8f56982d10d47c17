"""In which language a query is, for a corpus: what its letters tell, and in which language its words occur."""

from indexer.keywords.index import LexicalIndex
from indexer.keywords.query_syntax import KeywordQuery
from indexer.text.language import language_probabilities

_UNHEARD = 0.2
"""What a language counts in which none of the words occur, beside 1 for all of them."""
_UNKNOWN = 0.02
"""The probability of a language that the identifier does not know."""


def find_language(keywords: KeywordQuery, index: LexicalIndex) -> str:
    """Return the language of a query; empty when it is one that the index has no passages in.

    A name or a number alone tells no language: then it is one in which it occurs.
    """
    likely = language_probabilities(keywords.text)
    held = dict.fromkeys(likely, 0.0) | index.held(keywords)
    scores = {language: likely.get(language, _UNKNOWN) * (_UNHEARD + share) ** 2 for language, share in held.items()}
    best = max(scores, key=lambda language: (scores[language], language))
    return best if best in index.languages else ""
