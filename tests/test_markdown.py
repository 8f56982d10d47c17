"""Markdown: its front matter gives the fields, its signs are no text, and its paragraphs stay."""

import time
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.notice import Notice, left_out
from indexer.sources import limits
from indexer.sources.files import SourceFile
from indexer.sources.front_matter import split_front_matter
from indexer.sources.markdown import plain_markdown

TEXT = "The lighthouse at Cape Hollin was lit again on Friday.\n\nIts keeper had retired in 1998."


def read(path: Path, content: str, name: str = "note.md") -> tuple[Article | None, list[str]]:
    file = path / name
    file.write_bytes(content.encode())
    items = list(SourceFile(file, "note").items())
    articles = [item for item in items if isinstance(item, Article)]
    return (articles or [None])[0], [item.reason for item in items if isinstance(item, Notice)]


def fields(article: Article | None) -> tuple[str, str, str, str, str]:
    assert article is not None
    published = article.published.iso if article.published else ""
    return article.title, published, article.language, article.source, article.url


YAML = f"""---
title: "Light at Cape Hollin"
date: 2025-05-27
lang: en
author: D. Maren
tags: [coast, history]
publisher: Hollin Echo
permalink: https://echo.example/light
---

{TEXT}
"""
TOML = f"""+++
title = "Light at Cape Hollin"
date = 2025-05-27
language = "en"
tags = ["coast"]
site = "Hollin Echo"
url = "https://echo.example/light"
+++
{TEXT}
"""
JSON = f"""{{
  "title": "Light at Cape Hollin", "date": "2025-05-27", "lang": "en", "tags": ["coast"],
  "source": {{"name": "Hollin Echo"}}, "link": "https://echo.example/light"
}}

{TEXT}
"""


@pytest.mark.parametrize("content", [YAML, TOML, JSON], ids=["yaml", "toml", "json"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["note.md", "note.txt"])
def test_front_matter_gives_the_fields(tmp_path: Path, content: str, line_end: str, name: str) -> None:
    article, notices = read(tmp_path, content.replace("\n", line_end), name)
    wanted = "Light at Cape Hollin", "2025-05-27", "en", "Hollin Echo", "https://echo.example/light"
    assert (fields(article), notices) == (wanted, [])
    assert article is not None
    assert article.body.replace("\r", "") == TEXT


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("source: https://echo.example/light", ("echo.example", "https://echo.example/light")),
        ("permalink: /2025/light/", ("", "")),
        ("publication: Hollin Echo", ("Hollin Echo", "")),
        ("canonical: https://echo.example/light", ("echo.example", "https://echo.example/light")),
    ],
)
def test_source_and_address(tmp_path: Path, line: str, wanted: tuple[str, str]) -> None:
    article, _ = read(tmp_path, f"---\ntitle: Light\n{line}\n---\n{TEXT}")
    assert fields(article)[3:] == wanted


def test_a_title_with_a_colon_does_not_cost_the_fields(tmp_path: Path) -> None:
    article, _ = read(tmp_path, f"---\ntitle: Light: lit again\ndate: 2025-05-27\ntags:\n  - coast\n---\n{TEXT}")
    assert fields(article)[:2] == ("Light: lit again", "2025-05-27")


def test_time_of_the_last_change(tmp_path: Path) -> None:
    article, _ = read(tmp_path, f"---\ndate: 2025-05-27 08:00:00 +02:00\nlastmod: 2025-05-28\n---\n{TEXT}")
    assert article is not None
    assert (article.published and article.published.iso) == "2025-05-27T08:00:00+02:00"
    assert (article.updated and article.updated.iso) == "2025-05-28"


@pytest.mark.parametrize(
    "line", ["draft: true", "Draft: yes", "published: false", "status: draft", "status: private", "publish: 'no'"]
)
def test_what_was_never_published_is_no_article(tmp_path: Path, line: str) -> None:
    file = tmp_path / "note.md"
    file.write_text(f"---\ntitle: Light\n{line}\n---\n{TEXT}", encoding="utf-8")
    reason = "was never published: its front matter says that it is a draft or private"
    assert list(SourceFile(file, "note").items()) == [left_out(str(file), reason)]


@pytest.mark.parametrize("line", ["draft: false", "published: true", "status: published"])
def test_what_was_published_is_an_article(tmp_path: Path, line: str) -> None:
    article, notices = read(tmp_path, f"---\ntitle: Light\ndate: 2025-05-27\n{line}\n---\n{TEXT}")
    assert (fields(article)[:2], notices) == (("Light", "2025-05-27"), [])


def test_heading_that_repeats_the_title_is_no_text_and_another_one_is(tmp_path: Path) -> None:
    same, _ = read(tmp_path, f"---\ntitle: Light at last\n---\n# Light at *last*\n\n{TEXT}")
    other, _ = read(tmp_path, f"---\ntitle: Light at last\n---\n# Cape Hollin\n\n{TEXT}")
    alone, _ = read(
        tmp_path, f"# Who lit the lamp, and why did it take so long to find somebody who could do it?\n{TEXT}"
    )
    assert (same and same.title, same and same.body) == ("Light at last", TEXT)
    assert (other and other.title, other and other.body) == ("Light at last", f"Cape Hollin\n\n{TEXT}")
    assert (alone and alone.title[:3], alone and alone.body) == ("Who", TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "---\nHe said so, and left.\n---\nThe end came soon.",
        "---\nno end: of it\n",
        "{ this is no JSON",
        '{"title": "JSON alone"}',
        "----\ntitle: x\n----\ny",
        "+++\nno toml\n+++\ny",
        "---\n" + "a: b\n" * 20_000 + "---\nx",
    ],
)
def test_what_is_no_front_matter_stays_text(text: str) -> None:
    assert split_front_matter(text) == ({}, text)


@pytest.mark.parametrize(
    "front", ["&a [*a, *a]", "!!python/object/apply:os.system ['true']", "[" * 5_000, "{" * 5_000, "a: &x [1]\nb: *x"]
)
def test_hostile_front_matter_costs_nothing(tmp_path: Path, front: str) -> None:
    article, _ = read(tmp_path, f"---\n{front}\n---\n{TEXT}")
    assert article is not None
    assert "lighthouse" in article.body


MARKDOWN = """# Light at *Cape* Hollin

The **lighthouse** at [Cape Hollin](https://hollin.example "Home") was
lit `again` on ~~Thursday~~ Friday[^1].  R&amp;D \\*cost\\* snake_case_words <https://fund.example>.

![The lighthouse](img/light.jpg)

## The keeper
- He [retired][r] in 1998
- [x] ![](a.png) and moved
  1. to Ostrand

> "It was <b>dark</b>,"
> he said.

| Year | Lamps |
|------|:-----:|
| 1998 | 1     |

```
lit = True
```

<div><p>A box in HTML.</p><script>x()</script></div>

<!-- more -->
{{< figure src="x.jpg" >}}
{% include gallery.html %}

Setext
------

See [[Cape Hollin|the cape]] and [[Ostrand]]. ![[photo.png]]

***

[r]: https://retired.example
[^1]: The lamp had been tested on Wednesday.
"""
PLAIN = """The lighthouse at Cape Hollin was lit again on Thursday Friday. R&D *cost* snake_case_words https://fund.example.
The keeper
He retired in 1998
and moved
to Ostrand
"It was dark," he said.
Year, Lamps
1998, 1
lit = True
A box in HTML.
Setext
See the cape and Ostrand.
The lamp had been tested on Wednesday."""


def test_signs_become_plain_text_in_paragraphs() -> None:
    heading, text = plain_markdown(MARKDOWN)
    assert heading == "Light at Cape Hollin"
    assert text.split("\n\n") == PLAIN.split("\n")


def test_indented_text_and_text_without_signs_stay() -> None:
    assert plain_markdown("One 2*3*4 a_b_c.\n\n    Two.") == ("", "One 2*3*4 a_b_c.\n\nTwo.".replace("2*3*4", "234"))
    assert plain_markdown("Καλημέρα.\n\n今日は。") == ("", "Καλημέρα.\n\n今日は。")


@pytest.mark.parametrize("part", ["[", "![[", "**a", "a\n", "[^a", "[[a|", "[a][b", "> ", "`a``b", "{{<", "|a", "- "])
def test_parsing_costs_time_in_proportion_to_the_length(part: str) -> None:
    began = time.process_time()
    plain_markdown(part * (50_000 // len(part)))
    assert time.process_time() - began < 10


def test_a_text_that_is_too_long_keeps_its_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MARKDOWN", 10)
    assert plain_markdown("**Light** at Cape Hollin") == ("", "**Light** at Cape Hollin")
