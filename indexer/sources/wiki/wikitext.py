"""Wikitext to plain text: what a reader of the page sees, without boxes, tables, pictures and references."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from indexer.sources.wiki.balance import balanced

_DATES = {"date", "datum", "fecha", "data", "дата", "dato", "päiväys", "日付", "日期", "تاريخ"}
"""Templates of Wikinews that hold the day of an article."""
_SHOWN = {"w", "wikipedia", "lang", "nowrap", "nobr", "small", "abbr", "nobold", "lang-en", "lw"}
"""Templates that stand for words of the sentence: their last parameter is what is read."""
_HIDDEN = {
    "ref", "references", "gallery", "table", "math", "timeline", "score", "syntaxhighlight", "source", "templatestyles",
    "imagemap", "mapframe", "graph",
}  # fmt: skip
_ALWAYS = ("file", "image", "category", "media")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]+)*$")
_LEVEL = "\x01"
"""Stands before a heading, once for each level; no XML holds it."""
_MAGIC = re.compile(r"__[A-Z]+__")
_LIST = re.compile(r"^[*#:;]+\s*")
_DAY = re.compile(r"\d{4}")


class Wikitext:
    """The text of a page."""

    def __init__(self, text: str, namespaces: Sequence[str] = ()) -> None:
        """Parse a text.

        Args:
            text: Wikitext.
            namespaces: The names of the namespaces of pictures and categories in the language of the wiki.
        """
        import mwparserfromhell

        self._hidden = {*_ALWAYS, *(name.casefold() for name in namespaces if name)}
        self._code: Any = mwparserfromhell.parse(balanced(text))
        found = self._code.filter_templates()
        self.templates = {_name(template) for template in found}
        """The names of the templates that the page uses, in lower case."""
        self.day = self._day([_last(template) for template in found if _name(template) in _DATES])
        """The day of the article as it is written, or an empty string if the page gives none."""

    def _day(self, dates: list[str]) -> str:
        categories = (
            str(link.title).partition(":")[2].strip()
            for link in self._code.filter_wikilinks()
            if str(link.title).partition(":")[0].strip().casefold() in self._hidden
        )
        return next((each for each in (*dates, *_days(categories)) if each), "")

    def plain(self) -> str:
        """Return the paragraphs, separated by blank lines; sub-headings without text below them are left out."""
        self._strip(self._code)
        text = self._code.strip_code(normalize=True, collapse=False, keep_template_params=False)
        return "\n\n".join(_without_empty_sections(_blocks(_MAGIC.sub("", str(text)))))

    def _strip(self, code: Any) -> None:
        """Replace what is not read in the sentence."""
        from mwparserfromhell import nodes

        kept = []
        for node in code.nodes:
            if isinstance(node, nodes.Template):
                kept.append(nodes.Text(_last(node) if _name(node) in _SHOWN else ""))
            elif isinstance(node, nodes.Heading):
                kept.append(nodes.Text(f"\n{_LEVEL * node.level}{node.title.strip_code().strip()}\n"))
            elif not self._is_hidden(node):
                kept.append(node)
        code.nodes = kept

    def _is_hidden(self, node: Any) -> bool:
        """Return whether a node is a reference, a table, a picture, a category or a link to another language."""
        from mwparserfromhell import nodes

        if isinstance(node, nodes.Tag):
            return str(node.tag).strip().casefold() in _HIDDEN
        if not isinstance(node, nodes.Wikilink):
            return False
        prefix, found, _ = str(node.title).partition(":")
        prefix = prefix.strip().casefold()
        return bool(found) and (prefix in self._hidden or (node.text is None and bool(_LANGUAGE.match(prefix))))


def _name(template: Any) -> str:
    return " ".join(str(template.name).split()).casefold()


def _last(template: Any) -> str:
    """Return the last parameter without a name; empty if there is none."""
    values = [parameter.value.strip_code().strip() for parameter in template.params if not parameter.showkey]
    return values[-1] if values else ""


def _days(names: Iterator[str]) -> Iterator[str]:
    """Yield the categories that are a day, as Wikinews has one for each."""
    from indexer.dates.parsing import parse_published

    for name in names:
        if _DAY.search(name):
            try:
                precise = parse_published(name)
            except ValueError:
                continue
            if precise.first_day == precise.last_day:
                yield name


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the level of each heading, or 0 for a paragraph, and its text."""
    for line in text.splitlines():
        if line.startswith(_LEVEL):
            yield line.count(_LEVEL), line.strip(_LEVEL).strip()
        elif words := " ".join(_LIST.sub("", line.strip()).split()):
            yield 0, words


def _without_empty_sections(blocks: Iterator[tuple[int, str]]) -> Iterator[str]:
    waiting: list[tuple[int, str]] = []
    for level, text in blocks:
        if level:
            waiting = [each for each in waiting if each[0] < level] + [(level, text)]
        else:
            yield from (heading for _, heading in waiting)
            waiting = []
            yield text
