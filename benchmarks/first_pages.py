"""Print the first hits of a few questions, ranked by passage vectors only and by Dateline's ranking.

python benchmarks/first_pages.py --index FOLDER [QUESTION ...]
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from search_api.query import make_query
from search_api.search.searcher import IndexSearcher, open_searcher

QUESTIONS = (
    "ferry passengers rescued",
    "F-35",
    "台风造成多少人死亡",
    "Welche Bank hat die Zinsen erhöht?",
    "+cholera vaccine",
)
"""Plain words, a name, a question in another script, a question in German, and a query with a required word."""
_SHOWN = 5
_UNTITLED = "(the seed article, which has no title)"


def by_vectors(searcher: IndexSearcher, question: str) -> Iterator[str]:
    """Yield the titles of articles, ordered by the cosine of their best passage."""
    generation = searcher.generation
    cosine = generation.vectors.rows(slice(None)) @ searcher.encoder.encode_queries([question])[0]
    articles = generation.tables.passage_column("article")[(-cosine).argsort(kind="stable")].tolist()
    titles = generation.tables.article_column("title").tolist()
    yield from (titles[article] or _UNTITLED for article in dict.fromkeys(articles))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True, help="folder of an index")
    parser.add_argument("questions", nargs="*", metavar="QUESTION", default=QUESTIONS, help="what to ask instead")
    arguments = parser.parse_args()
    searcher, console = open_searcher(arguments.index), Console(width=150)
    for question in arguments.questions:
        hits = searcher.search(make_query(question, limit=_SHOWN)).hits
        after = [f"{hit.relevance:.2f} {hit.title or _UNTITLED}" for hit in hits] + ["(nothing else is near)"] * _SHOWN
        table = Table("", "by passage vectors alone", "as ranked", box=None, title=question, title_justify="left")
        for place, before in zip(range(_SHOWN), by_vectors(searcher, question), strict=False):
            table.add_row(str(place + 1), before, after[place])
        console.print(table, "", highlight=False, markup=False)


if __name__ == "__main__":
    main()
