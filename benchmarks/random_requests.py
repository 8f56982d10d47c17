"""Random searches with random filters, and all the ways in which the service counts what answers one of them."""

import json
import random
from typing import Any, NamedTuple

from fastapi.testclient import TestClient

from search_api.search.searcher import IndexSearcher

FACETS = ("language", "source", "month")


class Counted(NamedTuple):
    """What the service says of one search."""

    total: int
    total_is: str
    facets: dict[str, int]
    """The sum of each facet that no filter of its own leaves wider than the search."""
    timeline: int
    pages: list[str]
    """The ids of the passages on all pages."""
    exported: list[str]
    complete: object
    """The last line of the export."""
    batch: int

    @property
    def agree(self) -> bool:
        """Whether all of it says the same."""
        sums = {*self.facets.values(), self.timeline, len(self.pages), len(set(self.pages)), self.batch}
        ended = {"complete": True, "rows": self.total}
        return sums == {self.total} and self.exported == self.pages and self.complete == ended


def random_request(chance: random.Random, searcher: IndexSearcher) -> dict[str, Any]:
    """Return parameters of a search: some words of an article, and up to three filters and settings."""
    tables, stats = searcher.generation.tables, searcher.stats()
    article = tables.article_row(chance.randrange(stats.articles))
    words = [word for word in (article["title"] or article["body"]).split() if word.isalnum()] or ["news"]
    first = chance.randrange(max(len(words) - 1, 1))
    asked: dict[str, Any] = {"q": " ".join(words[first : first + chance.choice([1, 1, 2, 4, 12])])}
    languages, sources = list(stats.languages), list(stats.sources)
    named = [name for name in sources if name] or sources
    year = int((article["published"] or "2020")[:4])
    choices: list[dict[str, Any]] = [
        {"language": chance.sample(languages, min(3, len(languages)))},
        {"not_language": chance.sample(languages, min(2, len(languages)))},
        {"source": chance.sample(named, min(3, len(named)))},
        {"not_source": [chance.choice(named)]},
        {"published_from": f"{year}-0{chance.randrange(1, 10)}"},
        {"published_to": f"{year + chance.randrange(2)}"},
        {"group": "passage"},
        {"sort": chance.choice(["newest", "oldest"])},
        {"order": "my-language-first"},
        {"min_relevance": chance.choice([0.05, 0.5])},
    ]
    for choice in chance.sample(choices, chance.randrange(4)):
        asked |= choice
    if "published_from" in asked and "published_to" in asked:
        asked["published_to"] = f"{year + 1}"
    return asked


def count_all(client: TestClient, asked: dict[str, Any], chance: random.Random) -> Counted:
    """Return what the service says of a search, asked in every way that it counts in."""
    answer = _get(client, **asked, facets=FACETS, timeline=chance.choice(["day", "week", "month", "year"]))
    response = client.get("/export", params=asked)
    *rows, last = [json.loads(line) for line in response.text.splitlines()]
    body = {("query" if name == "q" else name): value for name, value in asked.items()}
    (item,) = client.post("/search/batch", json={"queries": [body]}).json()["results"]
    return Counted(
        total=answer["total"],
        total_is=answer["total_is"],
        facets={
            facet: sum(each["count"] for each in counts["values"])
            for facet, counts in answer["facets"].items()
            if not _narrows(asked, facet)
        },
        timeline=sum(span["count"] for span in answer["timeline"]["spans"]),
        pages=walk(client, asked, chance.choice([10, 100])),
        exported=[row["passage_id"] for row in rows],
        complete=last,
        batch=item["answer"]["total"],
    )


def walk(client: TestClient, asked: dict[str, Any], limit: int) -> list[str]:
    """Return the ids of the passages on all pages of a search."""
    found, cursor = [], ""
    while True:
        page = _get(client, **asked, limit=limit, **({"cursor": cursor} if cursor else {}))
        found += [hit["passage_id"] for hit in page["hits"]]
        cursor = page["cursor"] or ""
        if not cursor:
            return found


def _narrows(asked: dict[str, Any], facet: str) -> bool:
    """Return whether a search has a filter by the field of a facet, whose counts then ignore it."""
    fields = {"month" if name.startswith("published") else name.removeprefix("not_") for name in asked}
    return facet in fields


def _get(client: TestClient, **parameters: Any) -> dict[str, Any]:
    response = client.get("/search", params=parameters)
    if response.status_code != 200:
        raise ValueError(f"{parameters}: {response.text}")
    answer: dict[str, Any] = response.json()
    return answer
