"""The names of character encodings, as documents declare them."""

import codecs

_NOT_OF_DOCUMENTS = frozenset(["punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"])
"""What Python has among its encodings, though no document is written in it; some take the square of its length."""


def known_charset(name: str) -> str:
    """Return Python's name of an encoding of text; empty if it knows none of this name."""
    try:
        found = codecs.lookup(name).name
        b"a".decode(found, "replace")  # hex and zip, for example, are codecs but not encodings of text
    except (LookupError, ValueError):
        return ""
    return "" if found.replace("-", "_") in _NOT_OF_DOCUMENTS else found
