"""Ask questions about the sample corpus in languages in which no article covers the event.

    python benchmarks/seed_questions.py [--json] [--index DIR]

This builds an index over seeds/ with the embedded encoder (or opens the given one), asks the 285 questions of
benchmarks/seed_questions/, and prints for each event the share of questions whose first hit is a passage of an article
about it. Languages that the embedded encoder was not trained on are counted separately and marked with an asterisk.
"""

import argparse
import csv
import io
import json
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.encoders.embedded import LANGUAGES
from search_api.query import make_query
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "benchmarks" / "seed_questions"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the event that its first hit should be about."""

    text: str
    language: str
    event: str

    @property
    def trained(self) -> bool:
        return self.language in LANGUAGES


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question, and whether its first hit was correct."""

    question: Question
    right: bool


def read_questions() -> list[Question]:
    """Return all questions in order."""
    with (QUESTIONS / "events.tsv").open(encoding="utf-8", newline="") as file:
        events = {row["query-id"]: row["event"] for row in csv.DictReader(file, delimiter="\t")}
    lines = (QUESTIONS / "queries.jsonl").read_bytes().splitlines()
    records = [orjson.loads(line) for line in lines]
    return [Question(record["text"], record["language"], events[record["_id"]]) for record in records]


def ask(searcher: IndexSearcher, questions: list[Question]) -> list[Outcome]:
    """Ask every question. Its first hit is correct if the article's id, ``<event>-<language>``, names the event."""
    outcomes = []
    for question in questions:
        hits = searcher.search(make_query(question.text, limit=1)).hits
        outcomes.append(Outcome(question, bool(hits) and hits[0].article_id.split("-")[0] == question.event))
    return outcomes


def share(outcomes: list[Outcome], *, trained: bool | None = None) -> float:
    """Return the share of correct first hits: in the encoder's languages (True), in others (False) or in all (None)."""
    counted = [outcome.right for outcome in outcomes if trained in {None, outcome.question.trained}]
    return sum(counted) / len(counted) if counted else 0.0


def render(outcomes: list[Outcome]) -> str:
    """Return the results as text: a table with the languages that missed each event, and the shares below it."""
    articles = _article_languages()
    table = Table("event", "articles in", "asked in", "right", "asked in*", "right*", "missed in", box=None)
    for event, rows in _by_event(outcomes).items():
        cells = []
        for trained in (True, False):
            right = [row.right for row in rows if row.question.trained is trained]
            cells += [f"{len(right)}", f"{sum(right)}"]
        missed = " ".join(_marked(row.question.language) for row in rows if not row.right)
        table.add_row(event, " ".join(_marked(language) for language in articles[event]), *cells, missed)
    output = io.StringIO()
    console = Console(width=100, file=output, highlight=False)
    console.print(table)
    console.print("* a language that the embedded encoder was not trained on")
    for name, figure in figures(outcomes).items():
        console.print(f"{name}: {figure['value']}")
    return output.getvalue()


def figures(outcomes: list[Outcome]) -> dict[str, dict[str, object]]:
    """Return the shares of correct first hits as figures."""
    how = (
        "share of questions about seeds/ whose first hit is about the event, article and question never in one language"
    )
    named = {"trained languages": True, "other languages": False, "all languages": None}
    return {
        f"right first hit, {name}": {
            "value": round(share(outcomes, trained=trained), 3),
            "target": None,
            "better": "higher",
            "how": how,
        }
        for name, trained in named.items()
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--quick", action="store_true", help="the same: it takes seconds as it is")
    parser.add_argument("--index", type=Path, help="an index over seeds/ that is there already")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = arguments.index or Path(folder)
        if arguments.index is None:
            rebuild_index(BuildPlan([ROOT / "seeds"], index, open_encoder()))
        outcomes = ask(open_searcher(index), read_questions())
    print(json.dumps(figures(outcomes), indent=2) if arguments.json else render(outcomes))


def _by_event(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    events: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        events[outcome.question.event].append(outcome)
    return events


def _article_languages() -> dict[str, list[str]]:
    languages: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "seeds" / "sample-news").glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            record = orjson.loads(line)
            languages[record["id"].split("-")[0]].append(record["language"])
    return languages


def _marked(language: str) -> str:
    return language if language in LANGUAGES else f"{language}*"


if __name__ == "__main__":
    main()
