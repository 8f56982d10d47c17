"""Edit articles so that many can be made of one: names, numbers and dates exchanged, sentences in another order.

Two texts of which one is an edit of the other have the same ``skeleton``: their words without names and numbers, in no
order. By it a passage or sentence of an edited article is known again, however the article was cut.
"""

import calendar
import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from indexer.text.sentences import find_sentences

_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(19|20)\d\d")
_MONTHS = calendar.month_name[1:]
_DAYS = list(calendar.day_name)
_CALENDAR = {word: words for words in (_MONTHS, _DAYS) for word in words}
_RENAMED, _REORDERED = 0.5, 0.5
"""Shares of the names that are exchanged, and of the paragraphs whose sentences change places."""
_LEAST = 8
"""Characters of a skeleton at least; of a shorter one many texts might be edits."""
_MOST_DAYS = 3650
"""An edited article is dated at most so many days later."""


def find_names(text: str) -> Iterator[str]:
    """Yield the words inside sentences that begin with a capital letter, in scripts that have them."""
    for found in _WORD.finditer(text):
        word, start = found.group(), found.start()
        inside = start > 1 and text[start - 1] == " " and (text[start - 2].isalnum() or text[start - 2] == ",")
        if inside and len(word) > 2 and word.istitle():
            yield word


def skeleton(text: str) -> int:
    """Return a hash of 64 bits of what an edit leaves of a text; 0 where that is too little."""
    words = [word for word in _WORD.findall(text) if not word[0].isupper() and not word[0].isdigit()]
    left = " ".join(sorted(words))
    return int.from_bytes(hashlib.blake2b(left.encode(), digest_size=8).digest()) if len(left) >= _LEAST else 0


class Editor:
    """Makes edited copies of articles. The same copy of the same article is the same in every run."""

    def __init__(self, articles: Iterable[dict[str, Any]]) -> None:
        """Take the names with which others are exchanged from these articles, as often as they occur there."""
        self._names: dict[str, list[str]] = defaultdict(list)
        for article in articles:
            self._names[article["language"]] += dict.fromkeys(find_names(article["text"]))

    def edit(self, article: dict[str, Any], copy: int) -> dict[str, Any]:
        """Return an edited copy of an article; copies are numbered from 1."""
        name = f"{article['id']}-{copy}"
        chance = random.Random(name)
        others = self._names[article["language"]]
        found = [each for each in dict.fromkeys(find_names(article["text"])) if chance.random() < _RENAMED]
        renamed = {each.casefold(): chance.choice(_CALENDAR.get(each, others)) for each in found}

        def exchange(word: re.Match[str]) -> str:
            return _exchange(word.group(), renamed, chance)

        paragraphs = [
            _reorder(_WORD.sub(exchange, paragraph), article["language"], chance)
            for paragraph in article["text"].split("\n\n")
        ]
        title = _WORD.sub(exchange, article["title"])
        edited = {"id": name, "title": title, "text": "\n\n".join(paragraphs), "url": ""}
        return article | edited | ({"date": _later(article["date"], chance)} if article.get("date") else {})


def _exchange(word: str, renamed: dict[str, str], chance: random.Random) -> str:
    if word.isdecimal():
        kept = word[:2] if _YEAR.fullmatch(word) else ""
        return kept + "".join(chance.choice("0123456789") for _ in word[len(kept) :])
    other = renamed.get(word.casefold()) if word[0].isupper() else None
    return word if other is None else other.upper() if word.isupper() else other


def _reorder(paragraph: str, language: str, chance: random.Random) -> str:
    if chance.random() >= _REORDERED:
        return paragraph
    sentences = [paragraph[start:end] for start, end in find_sentences(paragraph, language)]
    chance.shuffle(sentences)
    return (" " if " " in paragraph else "").join(sentences)


def _later(date: str, chance: random.Random) -> str:
    return (datetime.fromisoformat(date) + timedelta(days=chance.randrange(1, _MOST_DAYS))).isoformat()
