"""Time zones as dates give them: offsets from UTC, abbreviations, and names."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from indexer.dates.folding import fold
from indexer.dates.names import is_word

_OFFSETS = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "WAT": 1, "CAT": 2, "SAST": 2, "EAT": 3, "PKT": 5, "ICT": 7, "WIB": 7,
    "WITA": 8, "WIT": 9, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12,
    "NZDT": 13, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8,
    "HST": -10, "BRT": -3, "ART": -3, "UYT": -3, "PET": -5, "CLT": -4, "CLST": -3,
    "COORDINATED UNIVERSAL TIME": 0, "GREENWICH MEAN TIME": 0, "BRITISH SUMMER TIME": 1,
    "WESTERN EUROPEAN STANDARD TIME": 0, "WESTERN EUROPEAN SUMMER TIME": 1,
    "CENTRAL EUROPEAN TIME": 1, "CENTRAL EUROPEAN STANDARD TIME": 1, "CENTRAL EUROPEAN SUMMER TIME": 2,
    "EASTERN EUROPEAN TIME": 2, "EASTERN EUROPEAN STANDARD TIME": 2, "EASTERN EUROPEAN SUMMER TIME": 3,
    "MOSCOW STANDARD TIME": 3, "JAPAN STANDARD TIME": 9, "KOREAN STANDARD TIME": 9, "EAST AFRICA TIME": 3,
    "WEST AFRICA STANDARD TIME": 1, "SOUTH AFRICA STANDARD TIME": 2, "EASTERN STANDARD TIME": -5,
    "EASTERN DAYLIGHT TIME": -4, "CENTRAL STANDARD TIME": -6, "CENTRAL DAYLIGHT TIME": -5,
    "MOUNTAIN STANDARD TIME": -7, "MOUNTAIN DAYLIGHT TIME": -6, "PACIFIC STANDARD TIME": -8,
    "PACIFIC DAYLIGHT TIME": -7,
}  # fmt: skip
"""Hours from UTC of the zones whose name means but one. CST (of China and America) and IST are not among them."""
_REGIONS = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
    "INDIA STANDARD TIME": "Asia/Kolkata", "NPT": "Asia/Kathmandu", "ACST": "Australia/Darwin",
}  # fmt: skip
_FARTHEST = 14
"""Hours from UTC, on either side, of the zones that are farthest from it."""

NOT_KNOWN: Final = "not known"
"""Stands for a time zone that is given in a way that can mean several, or none that is known."""
Zone = tzinfo | str
"""A time zone, the name of a region such as ``Europe/Berlin``, or ``NOT_KNOWN``."""

_OFFSET = re.compile(r"\s?([+-])(\d{2}):?(\d{2})?(?::?\d{2})?(?![\d/.-]|:\d)")
_AFTER_NAME = re.compile(r"\s?([+-])(\d{1,2}):?(\d{2})?(?![\d/.-]|:\d)")
_UNIVERSAL = re.compile(r",?\s?(?:UTC|GMT|UT)(?=\s?[+-]\d)", re.IGNORECASE)
_REGION = re.compile(r",?\s?\[?([A-Z][a-zA-Z]+(?:/[A-Z][\w+-]+){1,2})\]?")
_LONG = re.compile(r",?\s?\(?((?:[A-Z][a-z]+ ){1,4}Time)\b\)?")
_SHORT = re.compile(r",?\s?\(?([A-Za-z]{1,5})(?![^\W_])\)?")
_MAIL = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} ")
"""How mail and RSS begin a date. Their standard, RFC 822, says what CST is."""
_COMMENT = re.compile(r"\s?(?:\([^()]*\)|\[[\w/+:-]+\])")


def read_zone(text: str, start: int) -> tuple[Zone | None, int]:
    """Return the zone that follows a time, None if there is none, and where it ends.

    Raises:
        ValueError: It is an offset that no zone has.
    """
    zone, end = _read(text, start)
    if zone is not None and (comment := _COMMENT.match(text, end)):
        end = comment.end()
    return zone, end


def local(moment: datetime, zone: Zone | None) -> datetime | None:
    """Return a moment in its zone, in UTC if no zone is given, and None if it is given but not known."""
    if zone is None:
        return moment.replace(tzinfo=UTC)
    if isinstance(zone, tzinfo):
        return moment.replace(tzinfo=zone)
    try:
        offset = moment.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return moment.replace(tzinfo=timezone(offset)) if offset is not None else None


def _read(text: str, start: int) -> tuple[Zone | None, int]:
    universal = _UNIVERSAL.match(text, start)
    pattern, begin = (_AFTER_NAME, universal.end()) if universal else (_OFFSET, start)
    if offset := pattern.match(text, begin):
        return _offset(offset[1], offset[2], offset[3]), offset.end()
    if region := _REGION.match(text, start):
        return region[1], region.end()
    if long := _LONG.match(text, start):
        return _named(long[1].upper()), long.end()
    short = _SHORT.match(text, start)
    if short and (zone := _abbreviated(short[1], text)):
        return zone, short.end()
    return None, start


def _abbreviated(word: str, text: str) -> Zone | None:
    """Return the zone of an abbreviation; None if it is an ordinary word, or the name of a weekday or month."""
    name = word.upper()
    if name == "CST" and _MAIL.match(text):
        return timezone(timedelta(hours=-6))
    if is_word(fold(word)) and not (word.isupper() and name in _OFFSETS):
        return None
    if name in _OFFSETS or (name in _REGIONS and word.isupper()):
        return _named(name)
    return NOT_KNOWN if len(word) > 1 and word.isupper() else None


def _named(name: str) -> Zone:
    if name in _OFFSETS:
        hours = _OFFSETS[name]
        return timezone(timedelta(hours=hours)) if hours else UTC
    return _REGIONS.get(name, NOT_KNOWN)


def _offset(sign: str, hours: str, minutes: str | None) -> tzinfo:
    if int(hours) > _FARTHEST or int(minutes or 0) > 59:
        raise ValueError(f"no time zone is {sign}{hours}:{minutes or '00'} from UTC")
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset)
