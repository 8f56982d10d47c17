"""Find the time of day in a date, with its time zone."""

import re
from dataclasses import dataclass
from datetime import timedelta

from indexer.dates.folding import fold
from indexer.dates.names import AFTER_NOON, BEFORE_NOON
from indexer.dates.zones import Zone, read_zone

_FORMS = (
    re.compile(r"(?:(?<=\d)[Tt])?(?<![\d:.,/+-])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(?![\d:])"),
    re.compile(r"(?<![\d:.,/+-])(\d{1,2})\s?[時时点點시]\s?(?:(\d{1,2})\s?[分분]\s?(?:(\d{1,2})\s?[秒초])?)?()"),
    re.compile(r"(?<![\d:.,/+-])(\d{1,2})\s?[hH](?:\s?(\d{2})(?:\s?m(?:in)?)?)?()()(?![^\W_])"),
    re.compile(r"(?<![\d:.,/+-])(\d{1,2})()()()(?=\s?[aApP]\.?\s?[mM]\b)"),
    re.compile(r"(?<![\d:.,/+-])(\d{1,2})()()()(?=\s?Uhr\b)"),
    re.compile(r"(?<![\d:.,/+-])(\d{1,2})\.(\d{2})(?:\.(\d{2})(?:\.(\d{1,12}))?)?(?![\d/]|\.\d)"),
)
"""Hours, minutes, seconds and their fraction, as in 18:20:00.5, 18時20分, 18h20, 6 PM, 18 Uhr, and 18.20."""
_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0963\u0e31-\u0e4e])"
_WORD_BEFORE = re.compile(rf"([\u4e00-\u9fff]{{2}}|(?:(?![\u4e00-\u9fff]){_LETTER})+)\s?$")
_DIGIT = re.compile(r"\d")
_WORD_AFTER = re.compile(rf"\s?({_LETTER}+(?:\.\s?[^\W\d_](?![^\W_]))*\.?)")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, as the time since midnight."""

    since_midnight: timedelta
    zone: Zone | None


def split_clock(text: str) -> tuple[Clock | None, str]:
    """Return the time of day in a text, None if there is none, and the text without it. It stands beside a date.

    Args:
        text: A date, as ``plain`` returns it.

    Raises:
        ValueError: The time is none, such as 25:00.
    """
    for form in _FORMS:
        match = form.search(text)
        if match and _DIGIT.search(text[: match.start()] + text[match.end() :]):
            half, before, after = _half(text, match.start(), match.end())
            zone, end = read_zone(text, after)
            if zone is None:
                zone, rest = _zone_at_end(text[end:])
            else:
                rest = text[end:]
            return Clock(_since_midnight(match, half), zone), f"{text[:before]} {rest}".strip()
    return None, text


def _half(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Return "am", "pm" or nothing, and where the time begins and ends together with the word that says so."""
    if (before := _WORD_BEFORE.search(text, max(0, start - 14), start)) and (half := _half_of(before[1])):
        return half, before.start(), end
    if (after := _WORD_AFTER.match(text, end)) and (half := _half_of(after[1])):
        return half, start, after.end()
    return "", start, end


def _half_of(word: str) -> str:
    key = fold(word).replace(".", "").replace(" ", "")
    return "am" if key in BEFORE_NOON else "pm" if key in AFTER_NOON else ""


def _zone_at_end(text: str) -> tuple[Zone | None, str]:
    """Return the zone at the end of a text, as in ``2025 +0200``, and the text before it."""
    before, space, last = text.rpartition(" ")
    if space and (last[:1] in "+-" or last in {"UTC", "GMT", "Z"}):
        zone, end = read_zone(last, 0)
        if zone is not None and end == len(last):
            return zone, before
    return None, text


def _since_midnight(match: re.Match[str], half: str) -> timedelta:
    hour, minute, second = (int(match[group] or 0) for group in (1, 2, 3))
    fraction = int((match[4] or "").ljust(6, "0")[:6])
    if half == "am" and hour > 12:
        raise ValueError(f"{match[0]} is no time before noon")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second or fraction)):
        raise ValueError(f"{match[0]} is no time")
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=fraction)
