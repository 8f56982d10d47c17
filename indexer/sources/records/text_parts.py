"""Join a text that an export gives as parts: paragraphs, sections, blocks of an editor, nodes of rich text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.sources.records.json_parsing import parse_json
from indexer.sources.records.values import text_of_markup, unwrap

_DEEPEST = 60
_WORDS = (
    "text", "plaintext", "plain", "basic", "processed", "rendered", "html", "value", "markdown", "#text", "@value", "_",
    "__cdata",
)  # fmt: skip
"""Keys that hold the whole text of a part; where there are several, they hold it in other forms."""
_PARTS = frozenset([
    "lead", "intro", "summary", "sections", "paragraphs", "blocks", "content", "body", "children", "parts", "data",
    "root", "items", "subsections", "nodes", "p", "para", "paragraph",
])  # fmt: skip
"""Keys that hold further parts."""
_HEADINGS = frozenset(["headline", "heading", "title", "subheading"])
_TYPES = ("type", "nodeType", "_type")
_INLINE = frozenset(["text", "span", "link", "hyperlink", "a", "strong", "em", "bold", "italic", "mention"])
"""Types of nodes that stand within a line of text."""
_NO_TEXT = frozenset(["image", "video", "embed", "gallery", "iframe", "ad", "advertisement", "audio", "map"])
"""Types of nodes whose texts are not the article's."""
_BEGINNINGS_OF_PARTS = ('{"', '[{"')
_CUT = re.compile(
    r"\s?\[(?:\+?\s?(?P<count>\d[\d.,]{0,11})\s?(?:more\s)?(?:chars?|characters|(?P<unit>words))(?:\smore)?|…|\.\.\.|&hellip;)\]\s*$"
)
_MARK = 80
"""The most characters at the end of a text that say that it is cut."""


def text_of(value: Any) -> str:
    """Return the text in a value, its paragraphs separated by blank lines; empty if there is none.

    A text that is no HTML is returned as it is.
    """
    value = unwrap(value)
    if isinstance(value, str):
        return "\n\n".join(_paragraphs(parts, 0)) if (parts := _encoded_parts(value)) else text_of_markup(value)
    return "\n\n".join(_paragraphs(value, 0))


def without_cut_mark(text: str) -> tuple[str, str]:
    """Return a text without ``[+2310 chars]`` at its end, and what that says is missing; empty if nothing is."""
    found = _CUT.search(text, max(0, len(text) - _MARK))
    if not found:
        return text, ""
    return text[: found.start()].rstrip(), f"{found['count']} {found['unit'] or 'characters'} are missing" if found[
        "count"
    ] else "the end is missing"


def _encoded_parts(text: str) -> Any:
    """Return the parts of a text that is JSON, as editors store theirs; None if it is none."""
    if not text.startswith(_BEGINNINGS_OF_PARTS):
        return None
    try:
        return parse_json(text)
    except ValueError:
        return None


def _paragraphs(value: Any, depth: int) -> Iterator[str]:
    """Yield the paragraphs in a part of a text."""
    value = unwrap(value)
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        if text := text_of_markup(value).strip():
            yield text
    elif _is_line(value):
        yield "".join(part if isinstance(part, str) else _inline_text(part, depth + 1) for part in value)
    elif isinstance(value, Sequence):
        for entry in value:
            yield from _paragraphs(entry, depth + 1)
    elif isinstance(value, Mapping) and _type(value) not in _NO_TEXT:
        yield from _of_object(value, depth)


def _of_object(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    headings = [value[key] for key in value if key in _HEADINGS and depth]
    for heading in headings:
        yield from _paragraphs(heading, depth + 1)
    words = next((key for key in _WORDS if value.get(key)), "")
    if words:
        yield from _paragraphs(value[words], depth + 1)
        return
    for key in value:
        if key in _PARTS:
            inline = _in_one_line(value[key], depth) if key in {"children", "content"} else ""
            yield from [inline] if inline else _paragraphs(value[key], depth + 1)


def _is_line(value: Any) -> bool:
    """Return whether a list is one text in which some words are marked, as Telegram writes it: texts and objects."""
    if not isinstance(value, list) or not any(isinstance(part, str) for part in value):
        return False
    marked = [part for part in value if not isinstance(part, str)]
    return bool(marked) and all(isinstance(part, Mapping) and isinstance(part.get("text"), str) for part in marked)


def _in_one_line(value: Any, depth: int) -> str:
    """Return the text of nodes that stand in one line, else an empty string."""
    if not isinstance(value, list) or not all(isinstance(node, Mapping) and _is_inline(node) for node in value):
        return ""
    return "".join(_inline_text(node, depth + 1) for node in value).strip()


def _inline_text(node: Mapping[str, Any], depth: int) -> str:
    own = next((node[key] for key in ("text", "value") if isinstance(node.get(key), str)), "")
    inner: list[Any] = next((node[key] for key in ("children", "content") if isinstance(node.get(key), list)), [])
    if own or depth > _DEEPEST:
        return own
    return "".join(_inline_text(each, depth + 1) for each in inner if isinstance(each, Mapping))


def _is_inline(node: Mapping[str, Any]) -> bool:
    kind = _type(node)
    return kind in _INLINE if kind else isinstance(node.get("text"), str)


def _type(node: Mapping[str, Any]) -> str:
    kind = next((node[key] for key in _TYPES if isinstance(node.get(key), str)), "")
    return kind.casefold()
