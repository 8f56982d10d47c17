"""Measure the reading of news: pages, languages, near-duplicates, and the cost of rebuilds and of killed builds.

    python benchmarks/ingest.py --data DIR [--every N] [--part PART]... [--json]

DIR holds the labelled sets. All parts together take an hour on two cores; --every 10 builds a tenth of the corpus.
"""

import argparse
import tempfile
from pathlib import Path

from families import family_figures
from figures import Figures, print_figures
from html_pages import html_figures
from languages import language_figures
from news import DATA
from rebuilds import kill_figures, memory_figures, rebuild_figures

PARTS = ("pages", "languages", "families", "rebuild", "memory", "kills")
_KILLS = 25


def ingest_figures(data: Path, every: int, parts: list[str]) -> Figures:
    """Return the figures of the given parts."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "pages" in parts:
            figures |= html_figures(data)
        if "languages" in parts:
            figures |= language_figures(data, 4)
        if "families" in parts:
            figures |= family_figures(data)
        if "rebuild" in parts:
            figures |= rebuild_figures(data, folder, every)
        if "memory" in parts:
            figures |= memory_figures(data, folder, every)
        if "kills" in parts:
            figures |= kill_figures(data, folder, 40 * every, _KILLS)
    return figures


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the labelled sets")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="build one article in N (default: 1)")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    figures = ingest_figures(arguments.data, arguments.every, arguments.part or list(PARTS))
    print_figures(figures, "Taking news in", arguments.json)


if __name__ == "__main__":
    main()
