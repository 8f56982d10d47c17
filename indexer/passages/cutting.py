"""Cut an article into passages: paragraphs, adjusted so that none is too short or longer than the encoder reads.

A very short paragraph is joined to its neighbour, a very long one is cut at sentence boundaries, and a sub-heading
stays with the paragraph below it. Passages are disjoint slices of the body. Together they contain every character of
it that is neither white space nor part of an aside.
"""

import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.article import Article, Passage, Span
from indexer.errors import SettingsError
from indexer.text.paragraphs import find_paragraphs, is_heading
from indexer.text.sentences import find_sentences

_JOINER = "\N{ZERO WIDTH JOINER}"
TokenCounter = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class PassageLimits:
    """Length limits of a passage in the encoder's tokens: shorter paragraphs are joined, longer ones cut."""

    min_tokens: int = 24
    max_tokens: int = 256

    def __post_init__(self) -> None:
        if not 1 <= self.min_tokens <= self.max_tokens:
            raise SettingsError(f"wanted 1 <= min-tokens <= max-tokens, got {self.min_tokens} and {self.max_tokens}")


@dataclass(slots=True)
class _Draft:
    """A passage before long ones are cut. Offsets refer to the article's body."""

    start: int
    end: int
    tokens: int
    heading_end: int = 0
    """End of its last leading sub-heading; 0 if it has none."""
    only_heading: bool = False
    """Whether it consists of sub-headings only."""
    joinable: bool = True
    """False directly after an aside: a passage is one slice of the body, so it cannot extend across the aside."""


def cut_passages(article: Article, limits: PassageLimits, count_tokens: TokenCounter) -> list[Passage]:
    """Return the passages of an article in order."""
    asides = set(article.asides)
    drafts = _join_short(_drafts(article.body, asides, count_tokens), limits)
    passages: list[Passage] = []
    for draft in drafts:
        for span in _cut_long(article, draft, limits, count_tokens):
            passages.append(_passage(article, len(passages), span, draft))
    return passages


def _drafts(body: str, asides: set[Span], count_tokens: TokenCounter) -> Iterator[_Draft]:
    paragraphs = find_paragraphs(body)
    texts = [body[start:end] for start, end in paragraphs]
    after_aside = False
    for span, text, tokens in zip(paragraphs, texts, count_tokens(texts), strict=True):
        if span in asides:
            after_aside = True
            continue
        heading = is_heading(text)
        end = span.end if heading else 0
        yield _Draft(span.start, span.end, tokens, end, only_heading=heading, joinable=not after_aside)
        after_aside = False


def _join_short(drafts: Iterable[_Draft], limits: PassageLimits) -> list[_Draft]:
    joined: list[_Draft] = []
    for draft in drafts:
        if joined and draft.joinable and _should_join(joined[-1], draft, limits):
            _extend(joined[-1], draft)
        else:
            joined.append(draft)
    return _join_backwards(joined, limits)


def _should_join(previous: _Draft, draft: _Draft, limits: PassageLimits) -> bool:
    if previous.only_heading and not draft.only_heading:
        return True
    if draft.only_heading and not previous.only_heading:
        return False  # a sub-heading belongs to the text below it
    fits = previous.tokens + draft.tokens <= limits.max_tokens
    return fits and previous.tokens < limits.min_tokens


def _extend(previous: _Draft, draft: _Draft) -> None:
    if draft.only_heading:
        previous.heading_end = draft.heading_end
    previous.only_heading = previous.only_heading and draft.only_heading
    previous.end = draft.end
    previous.tokens += draft.tokens


def _join_backwards(drafts: list[_Draft], limits: PassageLimits) -> list[_Draft]:
    """Join drafts that are still too short to the draft before them.

    They are the last lines before a sub-heading, an aside or the end of the body.
    """
    joined: list[_Draft] = []
    for draft in drafts:
        if draft.only_heading:  # no text below it, so it is an ordinary short line
            draft.heading_end, draft.only_heading = 0, False
        short = draft.tokens < limits.min_tokens and not draft.heading_end and draft.joinable
        if joined and short and joined[-1].tokens + draft.tokens <= limits.max_tokens:
            joined[-1].end = draft.end
            joined[-1].tokens += draft.tokens
        else:
            joined.append(draft)
    return joined


def _passage(article: Article, ordinal: int, span: Span, draft: _Draft) -> Passage:
    text = article.body[span.start : span.end]
    heading_end = draft.heading_end - span.start if span.start < draft.heading_end < span.end else 0
    heading = (Span(0, heading_end),) if heading_end else ()
    rest = find_sentences(text[heading_end:], article.language)
    sentences = heading + tuple(Span(start + heading_end, end + heading_end) for start, end in rest)
    return Passage(article.id, ordinal, text, span.start, span.end, heading_end, sentences)


def _cut_long(article: Article, draft: _Draft, limits: PassageLimits, count_tokens: TokenCounter) -> Iterator[Span]:
    """Yield the draft's span, or, if it is too long, spans of about equal length cut at sentence boundaries."""
    if draft.tokens <= limits.max_tokens:
        yield Span(draft.start, draft.end)
        return
    pieces = _pieces(article, draft, limits.max_tokens, count_tokens)
    total = sum(tokens for _, tokens in pieces)
    target = total / math.ceil(total / limits.max_tokens) if total else limits.max_tokens
    part, filled = pieces[0]
    for span, tokens in pieces[1:]:
        if filled >= target or filled + tokens > limits.max_tokens:
            yield part
            part, filled = span, tokens
        else:
            part, filled = Span(part.start, span.end), filled + tokens
    yield part


def _pieces(article: Article, draft: _Draft, max_tokens: int, count_tokens: TokenCounter) -> list[tuple[Span, int]]:
    """Return the sentences of a draft with their token counts. A sentence that is too long is split.

    A sentence is too long if it does not fit into one passage together with the draft's sub-heading.
    """
    text = article.body[draft.start : draft.end]
    spans = find_sentences(text, article.language)
    heading = article.body[draft.start : draft.heading_end]
    heading_tokens, *counts = count_tokens([heading, *(text[start:end] for start, end in spans)])
    if heading_tokens < max_tokens / 2:
        max_tokens -= heading_tokens  # so that the first part of the paragraph fits below the sub-heading
    pieces: list[tuple[Span, int]] = []
    for span, tokens in zip(spans, counts, strict=True):
        pieces += [(span, tokens)] if tokens <= max_tokens else _split(text, span, tokens, max_tokens, count_tokens)
    return [(Span(start + draft.start, end + draft.start), tokens) for (start, end), tokens in pieces]


def _split(text: str, span: Span, tokens: int, max_tokens: int, count_tokens: TokenCounter) -> list[tuple[Span, int]]:
    """Cut a very long sentence into parts of at most ``max_tokens``, at white space if there is any."""
    parts = math.ceil(tokens / max_tokens)
    edges = [span.start]
    for part in range(1, parts):
        edge = _last_break(text, span.start + (span.end - span.start) * part // parts, edges[-1] + 1)
        edges += [edge] if edge > edges[-1] else []
    spans = [_trim(text, start, end) for start, end in zip(edges, [*edges[1:], span.end], strict=True)]
    spans = [part for part in spans if part.start < part.end]
    if len(spans) == 1:
        return [(spans[0], tokens)]
    counts = count_tokens([text[start:end] for start, end in spans])
    pieces: list[tuple[Span, int]] = []
    for part_span, count in zip(spans, counts, strict=True):
        fits = count <= max_tokens
        pieces += [(part_span, count)] if fits else _split(text, part_span, count, max_tokens, count_tokens)
    return pieces


def _last_break(text: str, position: int, lowest: int) -> int:
    """Return the last place up to ``position`` where a word begins, or else where a visible character begins.

    At most the 80 characters before ``position`` are searched, and none up to ``lowest``.
    """
    near = range(position, max(lowest, position - 80), -1)
    words = (place for place in near if text[place - 1].isspace())
    characters = (place for place in near if not _inside_character(text, place))
    return next(words, None) or next(characters, position)


def _inside_character(text: str, place: int) -> bool:
    """Tell whether ``place`` is inside a visible character: before a combining mark or inside a joined emoji."""
    return unicodedata.category(text[place]) in {"Mn", "Mc", "Me", "Cf", "Sk"} or text[place - 1] == _JOINER


def _trim(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    return Span(start, max(start, start + len(part.strip())))
