"""Guesses the language of a query from its letters, and from the languages of the passages that hold its words."""

from indexer.keywords.protocol import HeldWords
from indexer.keywords.query_syntax import KeywordQuery
from indexer.text.language import language_probabilities

_NO_WORD = 0.2
"""Added to the share of the query's words that a language's passages hold: one that holds none is still possible."""
_UNKNOWN = 0.02
"""Probability of a language that the identifier does not know."""
_MOST_WORDS = 0.6
"""Share of the query's words from which on a language is taken although another one is likelier, of which the index has
no passage: short texts in Croatian and Serbian, say, look alike."""


def find_language(keywords: KeywordQuery, words: HeldWords) -> str:
    """Return the language of a query; empty when the index has no passage in it.

    A name or a number alone looks alike in many languages: then those decide in which it occurs.
    """
    likely = language_probabilities(keywords.text)
    held = words.held(keywords)
    scores = {language: likely.get(language, _UNKNOWN) * (_NO_WORD + share) ** 2 for language, share in held.items()}
    absent = [(share * _NO_WORD**2, language) for language, share in likely.items() if language not in held]
    _, best = max(absent + [(score, language) for language, score in scores.items()])
    if best in held:
        return best
    holding = [language for language, share in held.items() if share >= _MOST_WORDS]
    return max(holding, key=lambda language: (held[language], scores[language], language), default="")
