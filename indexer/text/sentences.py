"""Sentence boundaries in every script, from the only module that imports sentencex.

sentencex (Wikimedia, https://github.com/wikimedia/sentencex) knows the sentence terminals of Unicode and the
abbreviations of some 300 languages, and keeps every character: its segments joined are the text.
"""

import re

import sentencex

from indexer.article import Span

_WINDOW = 4000
"""Characters handed over at once: its time grows with the square of the quotation marks left open."""
_INITIAL = re.compile(r"\W?[^\W\d_]\.")


def find_sentences(text: str, language: str) -> tuple[Span, ...]:
    """Return the sentences of a text as offsets, without the white space around them.

    Every character that is not white space is in exactly one sentence.
    """
    sentences: list[Span] = []
    position = 0
    while position < len(text):
        end = _window_end(text, position)
        segments = sentencex.segment(language, text[position:end])
        if end < len(text) and len(segments) > 1:
            segments.pop()  # it may go on beyond the window: the next one begins with it
        for segment in segments:
            core = segment.strip()
            if core:
                first = position + segment.index(core)
                begin = sentences.pop().start if sentences and _goes_on(text, sentences[-1], first) else first
                sentences.append(Span(begin, first + len(core)))
            position += len(segment)
    return tuple(sentences)


def _goes_on(text: str, sentence: Span, following: int) -> bool:
    """Tell whether a sentence ends in an initial (``M. Fidan``, ``J.-P. Morel``), which some languages' rules miss."""
    tail = text[max(sentence.start, sentence.end - 3) : sentence.end]
    return _INITIAL.fullmatch(tail) is not None and "\n" not in text[sentence.end : following]


def _window_end(text: str, start: int) -> int:
    """Return where the window from ``start`` ends: at a space, if there is one in its second half."""
    if len(text) - start <= _WINDOW:
        return len(text)
    return text.rfind(" ", start + _WINDOW // 2, start + _WINDOW) + 1 or start + _WINDOW
