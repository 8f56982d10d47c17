"""Every function that reads text of strangers or of queries, by the room it is in."""

from collections.abc import Callable
from contextlib import suppress

from hostile_documents import TEXT, coded
from protego import Protego

from indexer.article import Article
from indexer.dates.parsing import order_shown_by, parse_published
from indexer.duplicates.addresses import canonical_url
from indexer.duplicates.keys import keys_of
from indexer.duplicates.shingles import cut_shingles
from indexer.errors import QueryError
from indexer.keywords.cutter import TermCutter
from indexer.keywords.name_runs import find_runs
from indexer.keywords.query_syntax import parse_keywords
from indexer.keywords.romanise import romanise
from indexer.keywords.sounds import forms
from indexer.passages.boilerplate import RepeatedLines
from indexer.passages.cutting import PassageLimits, cut_passages
from indexer.passages.languages import tell_languages
from indexer.sources.addresses import absolute
from indexer.sources.dateline import find_dateline
from indexer.sources.decoding import decode
from indexer.sources.documents.made import record_of
from indexer.sources.front_matter import split_front_matter
from indexer.sources.names import is_left_out, refused_name
from indexer.sources.reading import UnreadableError
from indexer.sources.records.json_parsing import parse_json
from indexer.sources.records.json_stream import JsonStream
from indexer.sources.records.paths import nested
from indexer.sources.records.rows import cells_of_line
from indexer.sources.records.text_parts import text_of, without_cut_mark
from indexer.sources.records.values import domain_of, line_of
from indexer.sources.web.feed_xml import well_formed
from indexer.sources.web.json_ld_parsing import parse_json_ld
from indexer.sources.web.markup import plain_text
from indexer.sources.web.page_data import paragraphs_of
from indexer.sources.web.page_date import date_in_url
from indexer.sources.web.page_encoding import decode_page
from indexer.sources.web.page_title import last_part, one_line, squash, without_site
from indexer.sources.web.sitemap import read_sitemap
from indexer.text.alphabets import in_both_alphabets
from indexer.text.atoms import find_atoms, split_atoms
from indexer.text.folding import fold_anew
from indexer.text.language import identify_language, normalise_tag, surely_another
from indexer.text.paragraphs import find_asides, find_paragraphs, is_heading
from indexer.text.sentences import find_sentences
from indexer.text.spellings import spell, with_digraphs
from search_api.checks import MAX_CHARACTERS
from search_api.query import make_query


def _article(text: str, language: str = "en") -> Article:
    return Article("1", text, text if text.strip() else TEXT, None, language, "Bote", text, "here")


def _passages(text: str, language: str = "en") -> None:
    article = _article(text.encode(errors="replace").decode(), language)
    tell_languages(article, cut_passages(article, PassageLimits(), lambda texts: [len(each) // 4 for each in texts]))


def _boilerplate(text: str) -> None:
    lines = RepeatedLines()
    lines.add(_article(text))
    lines.mark(_article(text))


def _robots(text: str) -> None:
    rules = Protego.parse(f"User-agent: *\nDisallow: /{text}")
    rules.can_fetch(f"https://a.example/{text[:2000]}", "dateline")


def _pieces(text: str) -> None:
    list(JsonStream(text[start : start + 1000] for start in range(0, len(text), 1000)).pieces())


def _sentences(text: str, language: str = "en") -> None:
    find_sentences(text.encode(errors="replace").decode(), language)


def _dated(text: str) -> None:
    with suppress(ValueError):
        parse_published(text)
    order_shown_by(text)


def _query(text: str) -> None:
    with suppress(QueryError):
        make_query(text[:MAX_CHARACTERS]).keywords  # noqa: B018 - it is worked out when it is asked for


def _json(text: str) -> None:
    with suppress(ValueError):
        parse_json(text)


def _decoded(text: str) -> None:
    with suppress(UnreadableError):
        decode(text.encode("cp1252", "replace"))
    with suppress(UnreadableError):
        decode(coded(text))


FUNCTIONS: dict[str, Callable[[str], object]] = {
    # indexer.text
    "find_atoms": find_atoms,
    "find_atoms, two alphabets": lambda text: find_atoms(text, "uz"),
    "fold": fold_anew,
    "spell": lambda text: spell.__wrapped__(text, "sr"),
    "with_digraphs": lambda text: with_digraphs(f"ä{text}"),
    "in_both_alphabets": lambda text: [in_both_alphabets(text, each) for each in ("kk", "uz", "sr", "az")],
    "find_paragraphs": find_paragraphs,
    "find_asides": lambda text: find_asides(f"{text}\N{LINK SYMBOL}"),
    "is_heading": is_heading,
    "find_sentences": _sentences,
    "find_sentences, Japanese": lambda text: _sentences(text, "ja"),
    "identify_language": identify_language,
    "surely_another": lambda text: surely_another(text, "en"),
    "normalise_tag": normalise_tag.__wrapped__,
    # indexer.dates
    "parse_published": _dated,
    # indexer.passages
    "cut_passages": _passages,
    "cut_passages, Japanese": lambda text: _passages(text, "ja"),
    "RepeatedLines": _boilerplate,
    # indexer.duplicates
    "keys_of": lambda text: keys_of(_article(text)),
    "cut_shingles": lambda text: cut_shingles(split_atoms(text)),
    "canonical_url": lambda text: canonical_url(f"https://a.example/{text}"),
    "canonical_url, host": lambda text: canonical_url(f"https://{text}"),
    "canonical_url, query": lambda text: canonical_url(f"https://a.example/?{text}"),
    # indexer.keywords
    "cut_text": TermCutter().cut_text,
    "find_runs": lambda text: list(find_runs(find_atoms(text))),
    "romanise": romanise,
    "sounds": forms,
    "parse_keywords": parse_keywords,
    # indexer.sources
    "find_dateline": find_dateline,
    "decode": _decoded,
    "split_front_matter": lambda text: split_front_matter(f"---\n{text}\n---\n"),
    "record_of": lambda text: record_of([each for each in text.split("\n") if each] or [TEXT], "", text),
    "names of files": lambda text: (is_left_out(text), refused_name(text)),
    "absolute": lambda text: absolute(text, text),
    # indexer.sources.records
    "parse_json": _json,
    "parse_json, list": lambda text: _json(f"[{text}"),
    "JsonStream": _pieces,
    "JsonStream, list": lambda text: _pieces(f"[{text}"),
    "JsonStream, string": lambda text: _pieces(f'[{{"{text}'),
    "nested": lambda text: nested({text: 1}),
    "cells_of_line": lambda text: cells_of_line(text, ","),
    "text_of": text_of,
    "text_of, JSON": lambda text: text_of(f'[{{"{text}'),
    "without_cut_mark": without_cut_mark,
    "domain_of": lambda text: domain_of(f"http://{text}"),
    "line_of": lambda text: line_of(f"<b>{text}"),
    # indexer.sources.web
    "well_formed": lambda text: well_formed(coded(text)),
    "parse_json_ld": parse_json_ld,
    "parse_json_ld, object": lambda text: parse_json_ld(f'{{"@type":"NewsArticle", {text}'),
    "plain_text": lambda text: plain_text(f"<p>{text}"),
    "paragraphs_of": paragraphs_of,
    "date_in_url": lambda text: date_in_url(f"https://a.example/{text}"),
    "decode_page": lambda text: decode_page(f"é{text}".encode("latin-1", "replace")),
    "squash": squash,
    "one_line": one_line,
    "without_site": lambda text: without_site(f"Ferry - {text[:900]}", [text]),
    "last_part": last_part,
    "read_sitemap": lambda text: read_sitemap(coded(f"<urlset>{text}")),
    "robots.txt": _robots,
    # search_api
    "make_query": _query,
}
