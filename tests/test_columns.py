"""The columns that queries need are those of the tables, and their sets of passages are those of plain loops."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer.errors import IndexCorruptError
from indexer.generations.generation import Generation
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.passages.cutting import PassageLimits
from indexer.storage.columns import Columns

ARTICLES = [
    {"id": f"a{number}", "text": text, "source": source, "published": published}
    for number, (text, source, published) in enumerate(
        [
            ("The ferry ran aground.\n\nNobody was hurt.", "The Gazette", "2025-05-28"),
            ("The harbour is closed.", "THE GAZETTE", "2025-05"),
            ("A bridge was opened.\n\nIt took nine years.", "Le Courrier", ""),
            ("The strike is over.", "", "2025-06-01T10:00:00Z"),
        ]
    )
]


@pytest.fixture
def generation(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path) -> Generation:
    build(write_jsonl(*ARTICLES), limits=PassageLimits(1, 8))
    return open_current(tmp_path / "index")


def _articles(columns: Columns, rows: list[int]) -> set[str]:
    return {columns.article_id(int(columns.article_of[row])) for row in rows}


def test_sets_of_passages_are_whole_articles(generation: Generation) -> None:
    columns = generation.columns
    gazette = columns.names["sources"].index("The Gazette")
    assert len(columns.names["sources"]) == 3
    found = columns.of_named("sources", [gazette])
    assert _articles(columns, found.rows().tolist()) == {"a0", "a1"}
    assert columns.of_articles(np.array([0, 1])) == found
    assert columns.articles_of(found).tolist() == [True, True, False, False]
    assert len(columns.of_named("sources", range(3))) == columns.passages == generation.manifest.passages


@pytest.mark.parametrize(
    ("day", "from_then", "until_then"),
    [
        ("2025-05-01", {"a0", "a1", "a3"}, {"a1"}),
        ("2025-05-28", {"a0", "a1", "a3"}, {"a0", "a1"}),
        ("2025-05-29", {"a1", "a3"}, {"a0", "a1"}),
        ("2025-06-01", {"a3"}, {"a0", "a1", "a3"}),
        ("2025-06-02", set(), {"a0", "a1", "a3"}),
        ("2024-12-31", {"a0", "a1", "a3"}, set()),
    ],
)
def test_days(day: str, from_then: set[str], until_then: set[str], generation: Generation) -> None:
    columns, moment = generation.columns, np.datetime64(day)
    assert _articles(columns, columns.not_before(moment).rows().tolist()) == from_then
    assert _articles(columns, columns.not_after(moment).rows().tolist()) == until_then


def test_what_does_not_add_up_is_damaged(generation: Generation) -> None:
    path = generation.layout.columns
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"articles":4', b'"articles":3'))
    with pytest.raises(IndexCorruptError, match="its sets do not add up"):
        Columns(path, [])
    path.write_bytes(content.replace(b'"spoken"', b'"spokes"'))
    with pytest.raises(IndexCorruptError, match="is damaged: 'spoken'"):
        Columns(path, [])
