"""Print the first pages of short queries next to one another: before a change and after it.

    python benchmarks/first_pages.py [--index FOLDER] [--save FILE] [--before FILE] [QUERY ...]

The left column is the ranking by passage vectors alone or, with --before, what an earlier run has saved with --save.
Without --index, an index over seeds/ is built.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path

from rich.console import Console
from rich.table import Table

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from search_api.query import make_query
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher

ROOT = Path(__file__).resolve().parent.parent
QUERIES = (
    *("kessara", "Corvas", "earthqauke", "F-35", "+cholera vaccine"),
    *("Hochwasser", "Leitzins", "valdoria beben"),
    *("grève", "paludex"),
    *("ola de calor", "aurélia"),
    *("Ветрова", "Лодвин", "наводнение"),
    *("渡轮", "春子"),
    *("大統領選", "ロドウィン"),
    "كيسارا",
)
"""Names as they stand in an article, in lower case and in another script; words; a typo; a required word. In English,
German, French, Spanish, Russian, Chinese, Japanese and Arabic."""
_SHOWN = 5
_NOTHING = "(nothing more)"
_WIDTH = 74
"""Of a column, in characters."""


def by_vectors(searcher: IndexSearcher, query: str) -> Iterator[str]:
    """Yield the ids and titles of articles, ordered by the cosine of their best passage."""
    generation = searcher.generation
    cosine = generation.vectors.rows(slice(None)) @ searcher.encoder.encode_queries([query])[0]
    articles = generation.tables.passage_column("article")[(-cosine).argsort(kind="stable")].tolist()
    ids, titles = (generation.tables.article_column(name).tolist() for name in ("id", "title"))
    yield from (f"{ids[article]} {titles[article]}" for article in dict.fromkeys(articles))


def as_ranked(searcher: IndexSearcher, query: str) -> list[str]:
    """Return the relevance, id and title of each row of the first page."""
    hits = searcher.search(make_query(query, limit=_SHOWN)).hits
    return [f"{hit.relevance:.2f} {hit.article_id} {hit.title}" for hit in hits]


def render(query: str, left: list[str], right: list[str], heading: str) -> Table:
    """Return the table of a query: its rows before and now."""
    table = Table(box=None, title=query, title_justify="left")
    for header in (heading, "as ranked"):
        table.add_column(header, width=_WIDTH, no_wrap=True)
    for cells in islice(zip_longest([*left, _NOTHING], [*right, _NOTHING], fillvalue=""), _SHOWN):
        table.add_row(*cells)
    return table


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, help="folder of an index")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the pages here, for --before")
    parser.add_argument("--before", type=Path, metavar="FILE", help="pages that an earlier run has saved")
    parser.add_argument("queries", nargs="*", metavar="QUERY", default=QUERIES, help="what to ask instead")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.index is None:
            rebuild_index(BuildPlan([ROOT / "seeds"], Path(folder), open_encoder()))
        searcher = open_searcher(arguments.index or Path(folder))
        pages = {query: as_ranked(searcher, query) for query in arguments.queries}
        before = {query: list(by_vectors(searcher, query)) for query in arguments.queries}
    heading = "by passage vectors alone"
    if arguments.before:
        before, heading = json.loads(arguments.before.read_text(encoding="utf-8")), "before"
    console = Console(width=2 * _WIDTH + 4)
    for query, page in pages.items():
        console.print(render(query, before.get(query, []), page, heading), "", highlight=False, markup=False)
    if arguments.save:
        arguments.save.write_text(json.dumps(pages, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
