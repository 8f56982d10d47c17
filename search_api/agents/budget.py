"""How many tokens an answer costs, and what of it fits.

Tokens are estimated by one rule for all models: four ASCII characters a token, two others. It errs to the safe side for
what is not written in Latin letters. What is counted is the JSON that the model reads.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from indexer.errors import QueryError

_TITLE = 300
_ADDRESS = 1000
_DATES = {4: "year", 7: "month", 10: "day"}
_SENTENCE_ENDS = ".!?。！？؟।…"


def json_text(value: object) -> str:
    """Return a value as the JSON that a model reads."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tokens(text: str) -> int:
    """Return how many tokens a text is, about."""
    ascii_characters = len(text.encode("ascii", "ignore"))
    others = len(text) - ascii_characters
    return -(-ascii_characters // 4) + -(-others // 2)


def cost(value: object) -> int:
    """Return how many tokens a value is as JSON."""
    return tokens(json_text(value))


def fitting(items: Iterable[Any], room: int) -> list[Any]:
    """Return the first items that cost no more than so many tokens together."""
    taken = []
    for item in items:
        room -= cost(item) + 1  # the comma
        if room < 0:
            break
        taken.append(item)
    return taken


def clipped(text: str, room: int) -> str:
    """Return as much of a text as costs so many tokens as JSON, up to the end of a sentence if there is one."""
    low, high = 0, min(len(text), max(0, 4 * room))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if cost(text[:middle]) <= room else (low, middle - 1)
    if low == len(text):
        return text
    end = max(text.rfind(each, 0, low) for each in _SENTENCE_ENDS) + 1
    return text[: end or low]


def described(article_title: str, opening: str, url: str, source: str, published: str | None) -> dict[str, Any]:
    """Return what every answer says of an article, so that it can be cited."""
    said: dict[str, Any] = {
        "title": (article_title or opening)[:_TITLE],
        "url": url if len(url) <= _ADDRESS else "",
        "source": source[:_TITLE],
        "published": published,
        "precision": _DATES.get(len(published), "time") if published else None,
    }
    return said


def check_room(room: int, wanted: int, budget: int) -> None:
    """Refuse a budget that not even the frame of an answer fits in.

    Raises:
        QueryError: The room for it is negative.
    """
    if room < 0:
        raise QueryError(f"max_tokens is {budget}, and this answer needs more", f"give max_tokens={wanted}")


def shortened(names: Sequence[str], room: int) -> list[str] | str:
    """Return names, or how many there are where they cost too much."""
    return list(names) if cost(names) <= room else f"{len(names)} values"
