"""Sentence boundaries in every script, from the only module that imports sentencex.

sentencex (Wikimedia, https://github.com/wikimedia/sentencex) knows the sentence terminals of Unicode and the
abbreviations of some 300 languages, and keeps every character: its segments joined are the text.
"""

import sentencex

from indexer.article import Span

_WINDOW = 4000
"""Characters handed over at once: its time grows with the square of the quotation marks left open."""


def find_sentences(text: str, language: str) -> tuple[Span, ...]:
    """Return the sentences of a text as offsets, without the white space around them.

    Every character that is not white space is in exactly one sentence.
    """
    sentences: list[Span] = []
    for start, end in _windows(text):
        position = start
        for segment in sentencex.segment(language, text[start:end]):
            core = segment.strip()
            if core:
                first = position + segment.index(core)
                sentences.append(Span(first, first + len(core)))
            position += len(segment)
    return tuple(sentences)


def _windows(text: str) -> list[Span]:
    windows: list[Span] = []
    start = 0
    while len(text) - start > _WINDOW:
        end = text.rfind(" ", start + _WINDOW // 2, start + _WINDOW) + 1 or start + _WINDOW
        windows.append(Span(start, end))
        start = end
    windows.append(Span(start, len(text)))
    return windows
