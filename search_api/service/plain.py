"""The search page without JavaScript: a form and its answer, as HTML that the server writes."""

import html
import re
from urllib.parse import urlencode, urlsplit

from search_api.service.requests.search import SearchParameters
from search_api.service.schemas import HitOut, PassageHitOut, SearchResponse

_HEAD = """<!doctype html>
<html lang="en" class="ready">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="web/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="web/page.css">
</head>
<body>
<header id="top"><h1><a id="home" href="plain">Dateline</a></h1>
<search><form id="search" action="plain">
<input id="q" name="q" type="search" dir="auto" maxlength="50000" aria-label="Search the news" value="{query}">
<button class="main">Search</button></form></search></header>
<main id="plain">
"""
_TAIL = "</main>\n</body>\n</html>\n"


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of writing; one too many among them would end <bdi> and turn what follows."""


def escape(text: str) -> str:
    """Return a text as HTML that shows it and does nothing else."""
    return html.escape(_TURNING.sub("", text))


def plain_page(query: str, body: str) -> str:
    """Return a page with a query in its form, and what is below it as HTML."""
    title = f"{query[:100]} – Dateline" if query else "Dateline"
    return _HEAD.format(title=escape(title), query=escape(query)) + body + _TAIL


def answer_html(answer: SearchResponse, parameters: SearchParameters) -> str:
    """Return the hits of an answer, and the link to its next page."""
    parts = [f'<p id="status">{_said(answer)}</p>']
    if answer.did_you_mean:
        parts.append(
            f"<p>Did you mean {_link('plain?' + urlencode({'q': answer.did_you_mean}), answer.did_you_mean)}?</p>"
        )
    parts += ['<ol class="cards">', *(f"<li>{_card(hit)}</li>" for hit in answer.hits or answer.near), "</ol>"]
    if answer.cursor:
        following = parameters.model_dump(by_alias=True, exclude_defaults=True)
        following["offset"] = parameters.offset + parameters.limit
        parts.append(f"<p>{_link('plain?' + urlencode(following, doseq=True), 'Further articles')}</p>")
    return "\n".join(parts)


def notice_html(*said: str) -> str:
    """Return paragraphs that say what is wrong, or what to do."""
    return "".join(f'<p class="notice" dir="auto">{escape(text)}</p>' for text in said if text)


def _said(answer: SearchResponse) -> str:
    if answer.hits:
        many = "" if answer.total_is == "exact" else " or more"
        return f"{answer.articles_total:,}{many} article{'' if answer.articles_total == 1 else 's'}"
    return "Nothing is likely to answer. These only come near:" if answer.near else "Nothing found."


def _card(hit: HitOut) -> str:
    about = [f'<b class="outlet"><bdi>{escape(hit.source or "no outlet named")}</bdi></b>', *_facts(hit)]
    title = escape(hit.title or hit.opening)
    language = escape(hit.language)
    address = hit.url if _is_web(hit.url) else ""
    heading = f'<a href="{escape(address)}" rel="noreferrer">{title}</a>' if address else title
    passages = "".join(_passage(each) for each in (hit, *hit.others))
    byline = f'<p class="byline">{" ".join(about)}</p>'
    return f'<article class="card">{byline}<h2 dir="auto" lang="{language}">{heading}</h2>{passages}</article>'


def _facts(hit: HitOut) -> list[str]:
    published = (hit.published or "no date").replace("T", " ")[:16]
    return [f"<bdi>{escape(published)}</bdi>", f"<bdi>{escape(hit.language)}</bdi>"]


def _passage(hit: PassageHitOut) -> str:
    best = hit.best_sentence
    before, sentence, after = hit.text[: best.start], hit.text[best.start : best.end], hit.text[best.end :]
    text = f"{escape(before)}<mark>{escape(sentence)}</mark>{escape(after)}"
    return f'<p class="passage" dir="auto" lang="{escape(hit.language)}">{text}</p>'


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}"><bdi>{escape(text)}</bdi></a>'


def _is_web(address: str) -> bool:
    try:
        return urlsplit(address).scheme in {"http", "https"}
    except ValueError:
        return False
