"""Find the title of a page: its headline, without the names of the site and of its sections."""

import html
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from indexer.sources import limits
from indexer.sources.web.json_ld import Node, text_of, texts_of
from indexer.sources.web.markup import plain_text

_DASH = r"[-\u2010-\u2015·•/]"
_SPACE = r"(?<!\s)\s++"
_SEPARATOR = re.compile(
    rf"{_SPACE}{_DASH}++\s*+|(?<!{_DASH}){_DASH}++(?:\s++|(?=[\u2e80-\uffff]))|(?<=[\u2e80-\uffff]){_DASH}++"
    rf"|(?:{_SPACE})?[|｜ㅣ»]++\s*+|{_SPACE}:++\s++|："
)
"""What may stand between a title and the name of the site; a dash within a word does not, except in East Asia."""
_LETTERS = re.compile(r"[\W_]+")
_ARTICLE = re.compile(r"^(?:the|die|der|das|la|le|les|el|il|o|a)\s", re.IGNORECASE)
_CUT = re.compile(r"(?<!\s)\s*+(?:…|\.\.\.)$")
_ADDED = frozenset([
    "", "the", "die", "der", "das", "la", "le", "les", "el", "il", "news", "online", "com", "epaper", "magazine",
])  # fmt: skip
"""What is written before or after the name of a site that its data gives without it, or the reverse."""
_SHORTEST_TITLE = 3
"""The fewest letters that a title has after the name of the site was cut from it."""
_SHORTEST_BEFORE_SECTION = 12
"""The fewest letters before the name of a section: "Altheim - Ostrand" is a match, also where a menu has Ostrand."""
_LONGEST_TITLE = 1000
"""The most characters of a heading that may be the title, and of a title that is searched for the name of the site."""
_SHORTEST_CUT = 15
"""The fewest letters of a cut title by which the whole one is recognised."""
_SECTION_NAMES = ("section", "category", "channel")
"""What the names of meta elements contain that hold the section of an article."""
_LONGEST_SECTION = 30


def squash(text: str) -> str:
    """Return the letters and digits of a text in lower case, to compare texts without punctuation and white space."""
    return _LETTERS.sub("", text.replace("\N{SOFT HYPHEN}", "").casefold())


def find_title(tree: HtmlElement, articles: Sequence[Node], meta: dict[str, str], sites: Iterable[str]) -> str:
    """Return the first headline that a page gives: in JSON-LD, og:title, a heading, or the title element.

    If the headline in JSON-LD ends with og:title, it begins with a kicker such as "Migration: ...". Then og:title is
    the title. So it is if it agrees with the heading, while JSON-LD repeats the title element, which is written for
    search engines. A headline that is cut short is completed by one of the others.

    Args:
        tree: The page.
        articles: The articles in its JSON-LD.
        meta: The contents of its meta elements.
        sites: The names of the site, as far as they are known.
    """
    names = _names(sites)
    sections = {squash(each) for each in _sections(tree, articles, meta)} - {""}
    headings = [text for text in _headings(tree) if squash(text) not in names]
    shown = {squash(text) for text in headings}
    headline = next((text for node in articles if (text := one_line(text_of(node, "headline")))), "")
    headline = _without_site(headline, names, sections, shown)
    shown |= {squash(headline)} - {""}
    written = one_line(tree.findtext(".//title") or "")
    shared = _without_site(one_line(meta.get("og:title", "")), names, sections, shown, {squash(written)})
    title = _without_site(written, names, sections, shown, {squash(shared)})
    if _prefers_shared(squash(headline), squash(shared), squash(title), shown):
        headline = shared
    heading = _main_heading(headings, squash(shared) + squash(title))
    ways = [each for each in (headline, shared, heading, title) if each and squash(each) not in names | sections]
    return _completed(ways) or title


def _prefers_shared(headline: str, shared: str, title: str, shown: set[str]) -> bool:
    """Return whether og:title is the headline rather than the one in JSON-LD; all are compared by their letters."""
    return bool(shared) and (headline.endswith(shared) or (shared in shown and headline == title))


def _main_heading(headings: list[str], titles: str) -> str:
    """Return the longest heading that the titles of the page contain or, if they contain none, the first."""
    return max((each for each in headings if squash(each) in titles), key=len, default=next(iter(headings), ""))


def one_line(text: str) -> str:
    """Return a text of a page in one line, without soft hyphens, and without markup, however often it was escaped."""
    return " ".join(plain_text(text).replace("\N{SOFT HYPHEN}", "").split())


def without_site(title: str, sites: Iterable[str]) -> str:
    """Return a title without the name of the site at its end; ``sites`` are the names that it may have."""
    return _without_site(title, _names(sites), set(), set())


def parts_of(title: str) -> list[str]:
    """Return a title and its parts between signs such as dashes and bars; one that is longer than any has no parts."""
    return [title, *(_SEPARATOR.split(title) if len(title) <= limits.TITLE else ())]


def last_part(title: str) -> str:
    """Return what follows the last such sign in a title; empty if there is none."""
    *before, last = _SEPARATOR.split(title)
    return last if before else ""


def _headings(tree: HtmlElement) -> list[str]:
    texts = [_heading(heading) for heading in tree.xpath("//h1[not(ancestor::h1)]")]
    return [text for text in texts if 0 < len(text) <= _LONGEST_TITLE]


def _heading(heading: HtmlElement) -> str:
    """Return the text of a heading; its parts on lines of their own do not become one word."""
    parts: list[str] = []
    for element in heading.iter():
        parts.append(" " if element.tag in {"br", "div", "p"} else "")
        parts.append((element.text or "") if element.tag not in {"script", "style", "svg"} else "")
        parts.append((element.tail or "") if element is not heading else "")
    return one_line(html.escape("".join(parts), quote=False))


def _names(sites: Iterable[str]) -> set[str]:
    """Return the names of a site as they may end a title: also without "the", and the first part of its domain."""
    given = [site.strip() for site in sites]
    forms = (form for site in given for form in (site, site.split(".")[0], _ARTICLE.sub("", site, count=1)))
    return {squash(form) for form in forms} - {""}


def _sections(tree: HtmlElement, articles: Sequence[Node], meta: dict[str, str]) -> Iterator[str]:
    """Yield the names of sections: those that the page says the article is in, and those in its menus."""
    for node in articles:
        yield from texts_of(node, "articleSection")
    for name, content in meta.items():
        if any(part in name for part in _SECTION_NAMES):
            yield content
    links = (link.text_content() for link in tree.xpath("//a[ancestor::nav or ancestor::header]"))
    yield from (text for text in links if len(text) <= _LONGEST_SECTION)


def _without_site(
    title: str, names: set[str], sections: set[str], shown: set[str], others: Collection[str] = ()
) -> str:
    """Cut the name of the site or of a section from the end of a title, and whatever follows another title.

    Args:
        title: The title.
        names: The letters of the names of the site.
        sections: The letters of the names of its sections.
        shown: The letters of the headline and of the headings.
        others: The letters of the other titles of the page.
    """
    cuts = list(_SEPARATOR.finditer(title)) if len(title) <= _LONGEST_TITLE else []
    for cut in cuts:
        before = squash(title[: cut.start()])
        if before and (before in shown or before in others) and squash(title[cut.end() :]):
            return title[: cut.start()]
    whole = squash(title) in shown
    for cut in reversed(cuts):
        ending, letters = squash(title[cut.end() :]), len(squash(title[: cut.start()]))
        is_section = ending in sections and letters >= _SHORTEST_BEFORE_SECTION and not whole
        if is_section or (_is_site(ending, names) and letters >= _SHORTEST_TITLE):
            title = title[: cut.start()]
    return title


def _is_site(ending: str, names: set[str]) -> bool:
    """Return whether the end of a title is the name of the site, with or without an article or "news"."""
    for name in names:
        longer, shorter = (ending, name) if len(ending) > len(name) else (name, ending)
        if len(shorter) >= _SHORTEST_TITLE and shorter in longer and set(longer.split(shorter, 1)) <= _ADDED:
            return True
    return ending in names


def _completed(titles: list[str]) -> str:
    """Return the first title or, if it is cut short, the first of the others that continues it."""
    if not titles:
        return ""
    whole = squash(_CUT.sub("", titles[0]))
    longer = (each for each in titles[1:] if squash(each).startswith(whole) and not _CUT.search(each))
    return next(longer, titles[0]) if _CUT.search(titles[0]) and len(whole) >= _SHORTEST_CUT else titles[0]
