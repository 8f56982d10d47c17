"""Mend the XML of a feed where the parser would fail on it, or mix up what it means."""

import codecs
import re

MEDIA_DESCRIPTION = "mediadescription"
"""The name under which the parser then gives the description of a picture or a video, apart from that of the entry."""
_MEDIA = re.compile(rb"<(/?)media:description\b[^<>]*?(/?)>", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX](?P<hexadecimal>[0-9a-fA-F]+)|(?P<decimal>[0-9]+));?")
_LONGEST_REFERENCE = 8
_REPLACEMENT = b"&#xFFFD;"
_DECLARATION = re.compile(r"\s*<\?xml\b[^<>]*\?>")


def well_formed(content: bytes) -> bytes:
    """Return a feed without references to characters that do not exist, such as halves of emoji.

    A feed in UTF-16 becomes one in UTF-8.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = _DECLARATION.sub("", content.decode("utf-16", "replace"), count=1).encode()
    return _REFERENCE.sub(_existing, _MEDIA.sub(rb"<\1mediadescription\2>", content.lstrip()))


def _existing(reference: re.Match[bytes]) -> bytes:
    digits = reference["hexadecimal"] or reference["decimal"]
    if len(digits) > _LONGEST_REFERENCE:
        return _REPLACEMENT
    number = int(digits, 16 if reference["hexadecimal"] else 10)
    exists = 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF
    return reference[0] if exists else _REPLACEMENT
