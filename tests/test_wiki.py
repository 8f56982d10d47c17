"""Dumps of wikis are articles: what a reader of the page sees, with the day that the page itself gives."""

import bz2
from dataclasses import replace
from pathlib import Path

import pytest
from small_documents import wiki, wiki_page

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources import limits
from indexer.sources.context import DEFAULT_CONTEXT
from indexer.sources.files import SourceFile

STORY = """{{date|May 27, 2025}}
{{Shipping}}
[[File:Ferry.jpg|thumb|The ferry before '''the accident'''.]]
A [[ferry]] ran aground off {{w|Ostrand (town)|Ostrand}}<ref>Courier</ref> on ''Tuesday'', a [[Coast|coastguard]] said.

* All ninety passengers were saved.
{| class="wikitable"
! Ships !! 11
|}
== Inquiry ==
An [https://bote.example/1 inquiry] begins on Monday.

== Sources ==
* {{source|url=https://bote.example|title=Ferry}}
__NOTOC__
[[Category:May 27, 2025]]
[[fr:Ferry]]
"""


def read(path: Path, content: bytes) -> tuple[list[Article], list[Notice]]:
    path.write_bytes(content)
    items = list(SourceFile(path, path.stem).items())
    return [item for item in items if isinstance(item, Article)], [item for item in items if isinstance(item, Notice)]


def test_a_page_is_an_article_in_plain_text(tmp_path: Path) -> None:
    (article,), notices = read(tmp_path / "pages-articles.xml", wiki(wiki_page("Ferry aground, all saved", STORY)))
    assert article.body.split("\n\n") == [
        "A ferry ran aground off Ostrand on Tuesday, a coastguard said.",
        "All ninety passengers were saved.",
        "Inquiry",
        "An inquiry begins on Monday.",
    ]
    assert (article.title, article.source, article.language) == ("Ferry aground, all saved", "Wikinews", "en")
    assert (article.id, article.url) == ("enwikinews:7", "https://en.wikinews.org/wiki/Ferry_aground,_all_saved")
    assert article.published
    assert (article.published.iso, notices) == ("2025-05-27", [])


def test_without_a_template_the_day_is_that_of_a_category_and_never_that_of_an_edit(tmp_path: Path) -> None:
    (article,), _ = read(tmp_path / "a.xml", wiki(wiki_page("Ferry", "It ran aground.\n[[Category:May 28, 2025]]")))
    assert article.published
    assert article.published.iso == "2025-05-28"
    (article,), _ = read(tmp_path / "b.xml", wiki(wiki_page("Ferry", "It ran aground.")))
    assert article.published is None


def test_redirects_other_namespaces_and_drafts_are_left_out_and_counted(tmp_path: Path) -> None:
    pages = [
        wiki_page("Talk:Ferry", "Is this true?", namespace=1),
        wiki_page("Boat", "#REDIRECT [[Ferry]]", redirect=True),
        wiki_page("Draft", "{{develop}} It sank."),
        wiki_page("Ferry", "It ran aground."),
    ]
    (article,), (draft, left_out) = read(tmp_path / "a.xml.bz2", bz2.compress(wiki(*pages)))
    assert article.title == "Ferry"
    assert draft.reason == "was never published: it is marked as a draft"
    assert left_out.reason == "1 pages that are no articles and 1 redirects"
    assert {draft.kind, left_out.kind} == {"left_out"}


def test_the_newest_of_several_revisions_is_read(tmp_path: Path) -> None:
    page = wiki_page("Ferry", "It sank.", saved="2025-05-27T12:00:00Z")
    older = "<revision><timestamp>2025-05-26T12:00:00Z</timestamp><text>It is late.</text></revision></page>"
    (article,), _ = read(tmp_path / "a.xml", wiki(page.replace("</page>", older)))
    assert article.body == "It sank."


def test_a_dump_that_is_cut_short_gives_what_it_holds(tmp_path: Path) -> None:
    content = wiki(wiki_page("A", "It ran aground."), wiki_page("B", "It sank."))
    (article,), (notice,) = read(tmp_path / "a.xml", content[:-80])
    assert article.title == "A"
    assert notice.reason.startswith("is damaged after page 1: ")


def test_entities_in_a_dump_are_not_expanded(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = (
        b"<!DOCTYPE mediawiki ["
        + f'<!ENTITY l0 "ha">{laughs}]>'.encode()
        + wiki(wiki_page("A", "@")).replace(b"@", b"&l9;")
    )
    articles, notices = read(tmp_path / "a.xml", bomb)
    assert articles == []
    assert len(notices) == 1


def test_a_page_that_no_wiki_allows_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WIKITEXT", 2**20)
    articles, (notice,) = read(tmp_path / "a.xml", wiki(wiki_page("A", "{{" * 2**20)))
    assert articles == []
    assert notice.reason == "the page has more than 1 MiB, which no wiki allows"


def test_pages_that_are_passed_over_show_that_the_reader_goes_on(tmp_path: Path) -> None:
    signs: list[None] = []
    path = tmp_path / "a.xml"
    path.write_bytes(wiki(*[wiki_page("Talk:Ferry", "x", namespace=1)] * 50))

    list(SourceFile(path, "a").items(replace(DEFAULT_CONTEXT, alive=lambda: signs.append(None))))
    assert len(signs) >= 50
