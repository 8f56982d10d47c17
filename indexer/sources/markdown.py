"""Read Markdown: each file is one article, whose front matter gives its fields and whose signs are no text."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.text import read_written
from indexer.sources.web.markup import plain_text, whole_characters

if TYPE_CHECKING:
    from markdown_it.token import Token

_FOOTNOTE = re.compile(r"^[ ]{0,3}\[\^[^\]\n]{1,60}\]:[ \t]*", re.MULTILINE)
_MARKS = re.compile(
    r"\[\^[^\]\n]{1,60}\]"  # a reference to a footnote
    r"|\{\{[<%][^{}\n]{0,500}[>%]\}\}|\{%[^{}\n]{0,500}%\}|\{:[^{}\n]{0,200}\}"  # calls and attributes of site makers
)
_WIKI_LINK = re.compile(r"!?\[\[(?:[^\[\]|\n]{1,200}\|)?([^\[\]|\n]{1,200})\]\]")
_LONG_RUN = re.compile(r"(([*_~])\2{29})\2+")
"""Signs of emphasis in a row that is only an ornament; the parser compares each with all others."""
_TASK = re.compile(r"\[[ xX]\] ")
_ROW_END, _CELL_END = "tr_close", ("td_close", "th_close")


def read_markdown(document: Document) -> Iterator[Article | Notice]:
    """Yield the article of a file, after a notice for each field that could not be used; or one notice why not."""
    return read_written(document, plain_markdown)


def plain_markdown(text: str) -> tuple[str, str]:
    """Return the heading that a text in Markdown begins with, or an empty string, and the rest, both without signs.

    Sub-headings, items of lists and rows of tables are paragraphs; images are left out.
    """
    if len(text) > limits.MARKDOWN:
        return "", text
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(_LONG_RUN.sub(r"\1", _MARKS.sub("", _FOOTNOTE.sub("\n", text))))
    headed = [token.type for token in tokens[:2]] == ["heading_open", "inline"]
    heading = _inline(tokens[1].children or []) if headed else ""
    paragraphs = _paragraphs(tokens[3:] if heading else tokens)
    return heading, "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _paragraphs(tokens: "list[Token]") -> list[str]:
    paragraphs: list[str] = []
    cells: list[str] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(_inline(token.children or []))
        elif token.type in {"fence", "code_block"}:
            paragraphs.append(token.content.strip())
        elif token.type == "html_block":
            paragraphs.append(plain_text(token.content))
        if token.nesting == -1 and token.type not in _CELL_END:
            paragraphs += [", ".join(cell for cell in cells if cell)] if token.type == _ROW_END else cells
            cells = []
    return paragraphs


def _inline(children: "list[Token]") -> str:
    parts: list[str] = []
    for token in children:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type not in {"image", "html_inline"}:
            parts.append(token.content)
    text = _WIKI_LINK.sub(lambda match: "" if match[0].startswith("!") else match[1], "".join(parts))
    return whole_characters(" ".join(_TASK.sub("", text, count=1 if text.startswith("[") else 0).split()))
