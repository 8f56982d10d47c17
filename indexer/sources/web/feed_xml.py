"""Mend the XML of a feed where the parser would fail on it, mix up what it means, or read it over and over."""

import codecs
import re

from indexer.sources.charsets import known_charset
from indexer.sources.xml_characters import existing_references

MEDIA_DESCRIPTION = "mediadescription"
"""The name under which the parser then gives the description of a picture or a video, apart from that of the entry."""
_MEDIA = re.compile(rb"<(/?)media:description\b[^<>]*?(/?)>", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\b[^<>]{0,1000}+>")
_ENCODING = re.compile(rb"""\bencoding\s*+=\s*+["']([A-Za-z0-9_:.-]{2,40})["']""")
_ROOT = re.compile(rb"<\w")
_PRELUDE = 4096
"""The most bytes before the first element that are kept; the parser takes the square of their length."""
_WIDE = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # it comes before UTF-16, because its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    *(
        ("<?xm".encode(encoding), encoding)
        for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be", "cp037")
    ),
)
"""How feeds begin that are to be UTF-8 before they are parsed, and their encodings."""


def well_formed(content: bytes) -> bytes:
    """Return a feed without references to characters that do not exist, such as halves of emoji.

    Its declaration stands on a line of its own, with an encoding that documents have, and what is long before the first
    element is left out. A feed in UTF-16 becomes one in UTF-8.
    """
    content = _declared_anew(content.lstrip())
    root = _ROOT.search(content)
    if root and root.start() > _PRELUDE:
        declaration, end, _ = content.partition(b"\n")
        content = declaration[:_PRELUDE] + end + content[root.start() :]
    return existing_references(_MEDIA.sub(rb"<\1mediadescription\2>", content))


def _declared_anew(content: bytes) -> bytes:
    wide = next((encoding for mark, encoding in _WIDE if content.startswith(mark)), "")
    if wide:
        content = content.decode(wide, "replace").lstrip().encode()
    declaration = _DECLARATION.match(content)
    encoding = "utf-8" if wide else _encoding(declaration[0]) if declaration else ""
    rest = content[declaration.end() :] if declaration else content
    if not declaration and not content.startswith(b"<?"):
        return content
    written = f' encoding="{encoding}"' if encoding else ""
    return f'<?xml version="1.0"{written}?>\n'.encode() + rest.lstrip()


def _encoding(declaration: bytes) -> str:
    found = _ENCODING.search(declaration)
    return found[1].decode() if found and known_charset(found[1].decode()) else ""
