"""Ask random queries with random filters, and count those of which all counts agree, pages, export and batch too.

    python benchmarks/agreement.py INDEX [--queries N] [--seed N]

INDEX is the folder of an index. The queries are pieces of headlines and texts of its articles. The service is asked in
this process, through its whole application.
"""

import argparse
import random
import statistics
import time
from pathlib import Path

from fastapi.testclient import TestClient
from figures import Figures, figure, print_figures
from random_requests import count_all, random_request

from search_api.app import create_app
from search_api.search.opening import open_searcher
from search_api.service.settings import Settings


def agreement_figures(index: Path, queries: int, seed: int) -> Figures:
    """Return how many of the queries agree in all counts, and what counting costs."""
    searcher = open_searcher(index)
    client = TestClient(create_app(Settings(rate_limit=0), searcher=searcher), base_url="http://localhost")
    chance = random.Random(seed)
    agree, exact = 0, 0
    for _ in range(queries):
        counted = count_all(client, random_request(chance, searcher), chance)
        agree += counted.agree
        exact += counted.total_is == "exact"
    titles = [title for title in searcher.generation.tables.article_column("title").tolist() if title]
    asked = [chance.choice(titles) for _ in range(2 * 200)]
    plain = [_time(client, q=title) for title in asked[::2]]
    counting = [_time(client, q=title, facets="language,source,month", timeline="month") for title in asked[1::2]]
    return {
        f"agree of {queries:,}": figure(agree, queries, "higher", f"{exact:,} exact, the others at least"),
        "time with facets and timeline / without": figure(
            statistics.median(counting) / statistics.median(plain), 1.2, "lower", "medians of 200 headlines each"
        ),
    }


def _time(client: TestClient, **parameters: str) -> float:
    began = time.perf_counter()
    client.get("/search", params=parameters)
    return time.perf_counter() - began


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="folder of the index")
    parser.add_argument("--queries", type=int, default=1000, metavar="N", help="random queries (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the random numbers (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    figures = agreement_figures(arguments.index, arguments.queries, arguments.seed)
    print_figures(figures, "One relevant set", arguments.json)


if __name__ == "__main__":
    main()
