"""Looks for a quotation: word for word, nearly so, or as a sentence in another language that it may translate."""

import difflib
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from rapidfuzz import fuzz

from indexer.errors import QueryError
from indexer.keywords.index import KeywordIndex
from indexer.keywords.query_syntax import as_plain
from indexer.storage.columns import Columns
from indexer.text.atoms import find_atoms
from indexer.text.normal_forms import normalise
from search_api.answer import Answer, Hit
from search_api.checks import MIN_DEPTH
from search_api.choices import Group
from search_api.query import Query, make_query
from search_api.records.quotations import Difference, QuotationMatch, Verdict, Verification
from search_api.search.catalogue import Catalogue

MOST_MATCHES: Final = 10
_MOST_COMPARED: Final = 1_000_000
"""Characters of articles that hold the words of a quotation in which it is looked for word for word."""
_MOST_ATOMS: Final = 64
"""Of a longer quotation, only so many atoms are looked up; all of it is then compared."""
_LOOKED_AT: Final = 12
"""Passages in which something like the quotation is looked for."""
_LIKE: Final = 80
"""How like the quotation a place must be, of 100, to be near."""
_AS_LIKE: Final = 5
"""How much less like than the best another place may be."""
_TRANSLATED: Final = 0.5
"""Similarity to the quotation, beyond that of any sentence in its language, from which a sentence says the same."""
_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»‹›「」『』＂〝〞〟", '"'),
        **dict.fromkeys("‘’‚‛＇`´", "'"),
        **dict.fromkeys("‐‑‒–—―−－", "-"),
        "…": "...",
    }
)
_IGNORED: Final = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_WORD, _CHARACTER = re.compile(r"\S+"), re.compile(r"\S")
_MARGIN: Final = 12
"""Characters around a place, beside a quarter of the quotation, in which its first and last words are looked for."""

Search = Callable[[Query], Answer]


class _Plain(NamedTuple):
    """A text in which marks and white space look alike, with the place of each character in the original."""

    text: str
    places: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original that a range of the text stands for; it is not empty."""
        return self.places[start], self.places[end - 1] + 1


class Quotations:
    """Looks for quotations in one generation. It is safe to use from several threads."""

    def __init__(self, catalogue: Catalogue, columns: Columns, keywords: KeywordIndex, search: Search) -> None:
        self._catalogue, self._columns, self._keywords, self._search = catalogue, columns, keywords, search

    def verify(self, quotation: str, article_id: str = "") -> Verification:
        """Look for a quotation in one article, or in all.

        Raises:
            QueryError: The quotation has no words.
            NotFoundError: There is no such article.
        """
        wanted = _plain(quotation)
        wanted = _plain(wanted.text.strip(" \"'"))
        if not any(unicodedata.category(character)[0] in "LN" for character in wanted.text):
            raise QueryError(f"the quotation {quotation[:40]!r} has no words", "give the words that were said")
        article = self._catalogue.row_of(article_id) if article_id else None
        generation = self._catalogue.stats.generation
        if exact := list(itertools.islice(self._exact(wanted, article), MOST_MATCHES)):
            return Verification("exact", exact, generation)
        answer = self._alike(quotation, article_id)
        near = sorted(self._near(wanted, answer.hits), key=lambda found: -found[0])
        if near:
            best, first = near[0]
            matches = [match for like, match in near if like >= best - _AS_LIKE and match.verdict == first.verdict]
            return Verification(first.verdict, matches[:MOST_MATCHES], generation)
        said = [self._translation(hit) for hit in answer.hits if _is_translation(hit, answer.language)]
        return Verification("translation" if said else "not_found", said[:MOST_MATCHES], generation)

    def _exact(self, wanted: _Plain, article: int | None) -> Iterator[QuotationMatch]:
        """Yield the places where the quotation stands word for word, one in each article."""
        if article is None:
            rows = self._keywords.rows_holding(find_atoms(wanted.text)[:_MOST_ATOMS])
            articles = np.unique(self._columns.article_of[rows]).tolist()
        else:
            articles = [article]
        left = _MOST_COMPARED
        for number in articles:
            body = self._catalogue.body(number)[:left]
            left -= len(body)
            plain = _plain(body)
            start = plain.text.find(wanted.text)
            if start >= 0:
                yield self._match("exact", number, plain.original(start, start + len(wanted.text)), body)
            if not left:
                return

    def _alike(self, quotation: str, article_id: str) -> Answer:
        """Return the passages that are most like the quotation by their words and by their meaning."""
        return self._search(
            make_query(
                as_plain(quotation),
                articles=[article_id] if article_id else (),
                group=Group.PASSAGE,
                min_relevance=0,
                limit=_LOOKED_AT,
                depth=MIN_DEPTH,
                explain=True,
            )
        )

    def _near(self, wanted: _Plain, hits: Sequence[Hit]) -> Iterator[tuple[float, QuotationMatch]]:
        """Yield the places that are nearly the quotation, one in each article, each with how like it is, of 100."""
        seen: set[str] = set()
        for hit in hits:
            body = self._catalogue.body(number := self._catalogue.row_of(hit.article_id))
            begin = max(0, hit.start - len(wanted.text))
            around = _plain(body[begin : hit.end + len(wanted.text)])
            found = fuzz.partial_ratio_alignment(_lower(wanted.text), _lower(around.text), score_cutoff=_LIKE)
            if found and found.dest_end > found.dest_start and hit.article_id not in seen:
                seen.add(hit.article_id)
                start, end, differences = _compared(wanted.text, around.text, found.dest_start, found.dest_end)
                first, last = around.original(start, end)
                verdict: Verdict = "near" if differences else "exact"
                yield found.score, self._match(verdict, number, (begin + first, begin + last), body, differences)

    def _translation(self, hit: Hit) -> QuotationMatch:
        number = self._catalogue.row_of(hit.article_id)
        place = hit.start + hit.best_sentence.start, hit.start + hit.best_sentence.end
        similarity = hit.explanation.sentence if hit.explanation else None
        return self._match("translation", number, place, self._catalogue.body(number), (), similarity)

    def _match(
        self,
        verdict: Verdict,
        article: int,
        place: tuple[int, int],
        body: str,
        differences: Sequence[Difference] = (),
        similarity: float | None = None,
    ) -> QuotationMatch:
        start, end = place
        listed = self._catalogue.listed(article)
        passage = self._catalogue.passage_at(article, start)
        return QuotationMatch(verdict, listed, passage, start, end, body[start:end], differences, similarity)


def _is_translation(hit: Hit, language: str) -> bool:
    return hit.explanation is not None and hit.explanation.sentence >= _TRANSLATED and hit.language != language


def _plain(text: str) -> _Plain:
    """Return a text in compatibility decomposition, with simple marks and single spaces."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character in _IGNORED:
            continue
        for part in unicodedata.normalize("NFKD", character.translate(_SAME)):
            if part.isspace():
                if not characters or characters[-1] == " ":
                    continue
                part = " "  # noqa: PLW2901 (any white space is one)
            characters.append(part)
            places.append(place)
    return _Plain("".join(characters), places)


def _lower(text: str) -> str:
    """Return a text in small letters, as long as it was."""
    return "".join(small if len(small := each.lower()) == 1 else each for each in text)


def _compared(quoted: str, text: str, start: int, end: int) -> tuple[int, int, list[Difference]]:
    """Return the words of a text that a quotation stands for, as a range, and in which words they differ.

    Args:
        quoted: The quotation.
        text: The text around the place.
        start: About where the place begins...
        end: ...and ends.
    """
    unit = _WORD if " " in quoted else _CHARACTER
    margin = len(quoted) // 4 + _MARGIN
    words = [(each.start(), each.end()) for each in unit.finditer(text)]
    words = [each for each in words if each[1] > start - margin and each[0] < end + margin]
    some, others = unit.findall(quoted), [text[first:last] for first, last in words]
    changes = difflib.SequenceMatcher(None, some, others, autojunk=False).get_opcodes()
    while changes and changes[0][0] == "insert":
        del changes[0]
    while changes and changes[-1][0] == "insert":
        del changes[-1]
    joint = " " if unit is _WORD else ""
    differences = [
        Difference(_composed(joint.join(some[first:last])), _composed(joint.join(others[begin:after])))
        for kind, first, last, begin, after in changes
        if kind != "equal"
    ]
    held = words[changes[0][3] : changes[-1][4]]
    return (held[0][0], held[-1][1], differences) if held else (start, end, differences)


def _composed(text: str) -> str:
    return normalise("NFC", text)
