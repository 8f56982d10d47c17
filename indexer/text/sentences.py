"""Find sentence boundaries in every script. This is the only module that imports sentencex.

sentencex (Wikimedia, https://github.com/wikimedia/sentencex) knows the sentence terminals of Unicode and the
abbreviations of some 300 languages. It keeps every character: its segments, concatenated, are the input text.
"""

import re

import sentencex

from indexer.article import Span

_WINDOW = 4000
"""Characters passed to sentencex at a time, because its running time is quadratic in the number of unclosed quotation
marks."""
_INITIAL = re.compile(r"\W?[^\W\d_]\.")


def find_sentences(text: str, language: str) -> tuple[Span, ...]:
    """Return the sentences of a text as spans, without the white space around them.

    Every character that is not white space belongs to exactly one sentence.
    """
    sentences: list[Span] = []
    position = 0
    while position < len(text):
        end = _window_end(text, position)
        segments = sentencex.segment(language, text[position:end])
        if end < len(text) and len(segments) > 1:
            segments.pop()  # may continue beyond the window: the next window starts with it
        for segment in segments:
            core = segment.strip()
            if core:
                first = position + segment.index(core)
                begin = sentences.pop().start if sentences and _continues(text, sentences[-1], first) else first
                sentences.append(Span(begin, first + len(core)))
            position += len(segment)
    return tuple(sentences)


def _continues(text: str, sentence: Span, following: int) -> bool:
    """Tell whether a sentence continues in the next segment, because it was cut after an initial.

    The rules of some languages cut after the initials of ``M. Fidan`` or ``J.-P. Morel``.
    """
    tail = text[max(sentence.start, sentence.end - 3) : sentence.end]
    return _INITIAL.fullmatch(tail) is not None and "\n" not in text[sentence.end : following]


def _window_end(text: str, start: int) -> int:
    """Return where the window from ``start`` ends: after a space, if its second half has one."""
    if len(text) - start <= _WINDOW:
        return len(text)
    return text.rfind(" ", start + _WINDOW // 2, start + _WINDOW) + 1 or start + _WINDOW
