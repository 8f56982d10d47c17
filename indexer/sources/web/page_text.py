"""Find the text of a page: what it shows, compared with what its data gives, so that the most complete is taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from indexer.sources.web.json_ld import Node, text_of
from indexer.sources.web.page import Page
from indexer.sources.web.page_data import bodies, main_articles, microdata, scripted, updates
from indexer.sources.web.page_extraction import extract
from indexer.sources.web.page_title import squash
from indexer.text.paragraphs import is_heading

DISAGREEMENT = "the text on the page and the articleBody in its data differ greatly; the longer one was taken"
"""What is said if two sources of a text are different texts."""
_SHINGLE = 12
"""Letters and digits of a shingle: two texts do not share as many in a row by accident."""
_COMPARED = 300_000
"""The most letters and digits of a text that are compared."""
_CONFIRMED = 0.6
"""The least share of a paragraph's shingles that a text holds if the paragraph is part of it."""
_WHOLE = 0.85
"""The least share of a text that another one holds if it holds the whole."""
_MOST = 0.7
"""The least share of the text on the page that the data gives too if the rest is no part of the article.

If the data gives less than that, it gives only the beginning, a summary, or one update of many.
"""
_ALIKE = 0.1
"""The least share of a text that another one holds if they are about the same; phrases are shared by chance."""
_DIFFERENT = 0.5
"""The share below which two texts hold so little of one another that one of them is not the article."""
_FEW = 0.05
"""The share of a text that is no loss: a credit or a call to subscribe after its end."""
_SHORT = 250
"""The letters of a text below which a longer one is looked for in marked elements and in scripts."""
_MUCH_LONGER = 3
_SHORTEST_LEAD = 40
_LONGEST_LEAD = 1500
_LEADS = 20
"""The most descriptions of a page that may be its lead."""
_LEAD_TAGS = ("p", "h2", "h3", "div", "span", "strong", "header", "li", "section")


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page."""

    paragraphs: list[str]
    doubt: str = ""
    """Why the text may not be the right one; empty if there is no reason for that."""


def find_text(tree: HtmlElement, page: Page) -> PageText:
    """Return the paragraphs of a page's article; none if none are found."""
    shown = extract(tree, page.title)
    found, doubt = _most_complete(tree, page, shown, _main_body(page.articles, shown))
    found = _with_updates(found, updates(page.articles))
    if (letters := _letters(found)) < _SHORT:
        hidden = max(microdata(tree), scripted(tree), key=_letters)
        found = hidden if _letters(hidden) > letters * _MUCH_LONGER else found
    return PageText([*_lead(tree, page, found), *found] if found else [], doubt)


def _main_body(articles: Sequence[Node], shown: list[str]) -> list[str]:
    """Return the text in the data that shares most with the text shown.

    If none shares more with it than texts do by chance, the longest text of the page's main article is returned, and
    none of a related one.
    """
    have = _shingles(shown)
    alike = max(bodies(articles), key=lambda body: len(_shingles(body) & have), default=[])
    if _share(_shingles(alike), have) >= _ALIKE:
        return alike
    return max(bodies(main_articles(articles)), key=_letters, default=[])


def _most_complete(tree: HtmlElement, page: Page, shown: list[str], body: list[str]) -> tuple[list[str], str]:
    """Return the more complete of the text shown and the one in the data, and why it may be the wrong one.

    If the data gives nearly all that is shown, what it does not give is no part of the article. If the data gives
    more than is shown, the page is searched again less strictly for the sake of its paragraphs, since many publishers
    write the data in one line. Of two equal texts that in paragraphs is taken.
    """
    if not body or not shown:
        return shown or body, ""
    covered, confirmed = _shares(body, shown), _shares(shown, body)
    if len(shown) == 1 < len(body) and min(covered, confirmed) >= _WHOLE:
        return body, ""
    if covered >= _WHOLE:
        return (_agreed(tree, shown, body) if confirmed >= _MOST else shown), ""
    if confirmed >= _WHOLE:
        wider = extract(tree, page.title, recall=True)
        return (_agreed(tree, wider, body) if _shares(body, wider) >= _WHOLE else body), ""
    longer = body if _letters(body) > _letters(shown) else shown
    return longer, DISAGREEMENT if max(covered, confirmed) < _DIFFERENT else ""


def _agreed(tree: HtmlElement, shown: list[str], body: list[str]) -> list[str]:
    """Return the paragraphs that are shown, without those that the data does not give.

    What stands before the first one that it gives stays, as do sub-headings, because many publishers leave them out of
    the data. So does what follows the last one within the same element: there the data may be cut short.
    """
    wanted = _shingles(body)
    held = [_share(_shingles([text]), wanted) >= _CONFIRMED for text in shown]
    if True not in held:
        return shown
    first, end = held.index(True), len(held) - held[::-1].index(True)
    within = [
        shown[number]
        for number in range(first, end)
        if held[number] or (held[number + 1] and is_heading(shown[number]))  # the last one is held
    ]
    return [*shown[:first], *within, *_continued(tree, within, shown[end:])]


def _continued(tree: HtmlElement, before: list[str], after: list[str]) -> list[str]:
    """Return the paragraphs that stand in the same element as one of those before, unless they are few words."""
    places = {squash(element.text_content()): element.getparent() for element in tree.iter("p", "li")} if after else {}
    home = {id(places[letters]) for text in before if (letters := squash(text)) in places}
    kept = [text for text in after if (letters := squash(text)) in places and id(places[letters]) in home]
    return kept if _letters(kept) > _letters(before) * _FEW else []


def _with_updates(found: list[str], given: list[list[str]]) -> list[str]:
    """Return a text with the updates of a live blog that it lacks at its end."""
    have = _shingles(found)
    missing = [update for update in given if _share(_shingles(update), have) < _CONFIRMED]
    return [*found, *(paragraph for update in missing for paragraph in update)]


def _shingles(paragraphs: list[str]) -> set[str]:
    letters = squash("".join(paragraphs))[:_COMPARED]
    return {letters[start : start + _SHINGLE] for start in range(max(1, len(letters) - _SHINGLE + 1))}


def _shares(text: list[str], other: list[str]) -> float:
    """Return the share of a text that another one holds."""
    return _share(_shingles(text), _shingles(other))


def _share(own: set[str], wanted: set[str]) -> float:
    return len(own & wanted) / len(own)


def _letters(paragraphs: list[str]) -> int:
    return len(squash("".join(paragraphs)))


def _lead(tree: HtmlElement, page: Page, found: list[str]) -> list[str]:
    """Return the lead, if it was missed: a description of the page that the page also shows above the text."""
    have = squash("".join(found))
    above: set[str] | None = None
    for text in islice(dict.fromkeys(_descriptions(tree, page.articles)), _LEADS):
        wanted = squash(text)
        if _SHORTEST_LEAD <= len(wanted) <= _LONGEST_LEAD and wanted not in have:
            above = _above(tree, have) if above is None else above
            if wanted in above:
                return [" ".join(text.split())]
    return []


def _descriptions(tree: HtmlElement, articles: Sequence[Node]) -> Iterator[str]:
    yield from (text_of(node, "description") for node in articles)
    for meta in tree.iter("meta"):
        if (meta.get("property") or meta.get("name") or "").lower() in {"og:description", "description"}:
            yield meta.get("content") or ""


def _above(tree: HtmlElement, text: str) -> set[str]:
    """Return the letters of what may be a lead, as far as a page shows it before the first words of the text."""
    found: set[str] = set()
    for element in tree.iter(*_LEAD_TAGS):
        if len(element) > 4:
            continue
        letters = squash(element.text_content())
        if len(letters) >= _SHORTEST_LEAD and text.startswith(letters):
            break
        found.add(letters)
    return found
