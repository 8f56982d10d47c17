"""Measure how well news pages are read: text, day, title and language, compared with human annotations.

Text is measured by F1 over the multiset of words, where each ideograph, kana or Thai character counts as a word. A
title is correct if it differs from the annotation only in case, quotation marks and white space.
"""

import gzip
import re
import unicodedata
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from figures import Figures, figure
from pools import read_lines

from indexer.article import Article
from indexer.sources.web.html import read_html

_TOKEN = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")


def html_figures(data: Path) -> Figures:
    """Read all pages and return the figures."""
    gold = list(read_lines(data / "html_pages" / "gold.jsonl.gz"))
    ours, theirs, days, titles, languages = [], [], [], [], []
    for page in gold:
        content = gzip.decompress((data / "html_pages" / page["html_file"]).read_bytes())
        found = [each for each in read_html(content, page["id"]) if isinstance(each, Article)]
        article = found[0] if found else None
        ours.append(_f1(article.body if article else "", page["text"]))
        theirs.append(_f1(_by_default(content), page["text"]))
        when = article.published.iso if article and article.published else ""
        days.append(when[:10] == page["date"][:10])
        titles.append(article is not None and _plain(article.title) == _plain(page["title"]))
        languages.append(article is not None and article.language == page["language"])
    how, default = f"mean of {len(gold)} pages", float(np.mean(theirs))
    return {
        "pages, text F1": figure(float(np.mean(ours)), max(0.93, default), "higher", how),
        "pages, text F1 of trafilatura's own default": figure(default, None, "higher", how),
        "pages, publication day right": figure(float(np.mean(days)), 0.95, "higher", f"of {len(gold)} pages"),
        "pages, title right": figure(float(np.mean(titles)), 0.95, "higher", f"of {len(gold)} pages"),
        "pages, language right": figure(float(np.mean(languages)), 0.98, "higher", f"of {len(gold)} pages"),
    }


def _by_default(content: bytes) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import trafilatura

    return trafilatura.extract(content) or ""


def _f1(text: str, gold: str) -> float:
    found, wanted = Counter(_TOKEN.findall(text.casefold())), Counter(_TOKEN.findall(gold.casefold()))
    common = sum((found & wanted).values())
    return 2 * common / max(sum(found.values()) + sum(wanted.values()), 1)


def _plain(title: str) -> str:
    folded = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(re.sub(r"[\"'`´«»‹›“”„‚‘’]", "", folded).split())
