"""The doctor finds a sound index sound, and says what is wrong with one that is not."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from search_api.cli import main
from search_api.search import doctor
from search_api.search.doctor import examine
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher

Build = Callable[..., BuildReport]
Write = Callable[..., Path]
WIRE = "the ferry ran aground off the coast at dawn and all aboard were rescued by boats before noon on thursday"


def verdicts(searcher: IndexSearcher) -> dict[str, str]:
    return {finding.name: finding.verdict for finding in examine(searcher)}


def test_the_seeds_are_in_order(seed_index: Path) -> None:
    found = {finding.name: finding for finding in examine(open_searcher(seed_index))}
    assert {finding.verdict for name, finding in found.items() if name != "sources"} == {"good"}
    assert found["headlines in fr"].found == "10 of 10 lead to their article"
    assert found["copies"].found == "4 of 101 articles repeat another in nearly the same words"
    assert found["sources"].found.startswith("14 of 23 have had nothing in the 90 days before the newest article: ")


def test_what_is_wrong_is_said(
    build: Build, write_jsonl: Write, tmp_path: Path, word_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = [
        {"id": str(number), "title": f"title{number} word{number}", "text": WIRE, "source": f"s{number}"}
        for number in range(30)
    ]
    build(write_jsonl(*({"language": "en", **article} for article in articles)))
    searcher = IndexSearcher(open_current(tmp_path / "index"), word_encoder)
    sound = verdicts(searcher)
    assert (sound["headlines in en"], sound["keywords"], sound["nearest passages"]) == ("good", "good", "good")
    assert (sound["copies"], sound["dates"]) == ("look", "look")
    assert sound["files"] == "good"
    signals = searcher.generation.layout.signals
    signals.write_bytes(signals.read_bytes()[:-1] + b"?")
    assert verdicts(searcher)["files"] == "bad"
    keywords = type(searcher.generation.keywords)
    monkeypatch.setattr(keywords, "shares", lambda self, *_: np.zeros(self.count, np.float32))
    monkeypatch.setattr(type(searcher.generation.vectors), "nearest", lambda *_, **__: np.arange(10))
    ill = verdicts(searcher)
    assert (ill["keywords"], ill["nearest passages"]) == ("bad", "bad")


def test_the_command_exits_by_the_verdict(
    seed_index: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["doctor", "--index", str(seed_index)])
    assert caught.value.code == 0
    assert capsys.readouterr().out.splitlines()[-1] == "worth a look: sources"
    monkeypatch.setattr(doctor, "examine", lambda _: [doctor.Finding("dates", "bad", "3 lie in the future")])
    with pytest.raises(SystemExit) as caught:
        main(["doctor", "--index", str(seed_index), "--json"])
    assert caught.value.code == 1
    assert json.loads(capsys.readouterr().out) == {
        "findings": [{"name": "dates", "verdict": "bad", "found": "3 lie in the future"}]
    }
