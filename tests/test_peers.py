"""The comparison with other search engines, on an engine that compares all vectors and one that cannot start."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from asking import Asker
from peer_sets import Group, PeerSet
from peers import OURS, peer_figures, print_table, run_peer
from pools import LabelledPassage, index_passages
from rich.console import Console

from indexer.encoders.protocol import Encoder

ADAPTERS = """
import numpy as np

class NotSupported(Exception):
    pass

class All:
    def __init__(self, folder):
        self.folder = folder

    def build(self, vectors, texts, meta):
        self.vectors, self.days = vectors, np.array([row["date"] for row in meta])

    def search(self, vector, text, k, filter=None, mode="hybrid"):
        if mode == "text":
            raise NotSupported
        scores = self.vectors @ vector
        if filter:
            first, last = filter["date"]
            scores = np.where((self.days >= first) & (self.days <= last), scores, -9)
        best = np.argsort(-scores)[:k]
        return [(int(row), float(scores[row])) for row in best if scores[row] > -9]

    def disk(self):
        return 1000

    def close(self):
        pass

class Broken:
    def __init__(self, folder):
        raise RuntimeError("no such engine here")

PEERS = {"all": All, "broken": Broken}
"""
STORIES = (
    "The ferry to Velmora stops in winter.",
    "Bakers in Tarnby want cheaper flour.",
    "The river flooded the cellars of Oskeld.",
    "Nurses in Brunnau went on strike.",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, embedded: Encoder) -> PeerSet:
    folder = tmp_path_factory.mktemp("peers")
    lines = [f"{story} Report {number}." for number in range(30) for story in STORIES]
    passages = [LabelledPassage(f"p{row}", f"a{row}", text, "en") for row, text in enumerate(lines)]
    generation = index_passages(passages, folder / "index", embedded, folder / "cache")
    texts = ["Which nurses are on strike?", "Where did the river flood cellars?"]
    documents = [f"story{row % len(STORIES)}" for row in range(len(lines))]
    asker = Asker(["q1", "q2"], texts, embedded.encode_queries(texts), generation, documents)
    group = Group("stories", asker, {"q1": {"story3"}, "q2": {"story2"}})
    return PeerSet([group], folder / "set", folder / "cache")


@pytest.fixture(scope="module")
def adapters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapters")
    (folder / "peers.py").write_text(ADAPTERS)
    return folder


def test_engines_are_measured_alike_and_the_table_says_who_wins(written: PeerSet, adapters: Path) -> None:
    compared = {}
    for name in (OURS, "all"):
        found = run_peer(name, adapters, sys.executable, written.folder)
        assert isinstance(found, dict), found
        compared[name] = peer_figures(written, found)
    for figures in compared.values():
        assert figures["dense, recall@10"]["value"] == 1
        assert figures["dense, 10 % pass, recall@10"]["value"] == 1
        assert figures["stories, hybrid, nDCG@10"]["value"] == 1
        assert figures["hybrid, p50 ms"]["value"] > 0
    assert "stories, text, nDCG@10" not in compared["all"]
    assert compared["all"]["disk, MB"]["value"] == 0.001
    console = Console(file=io.StringIO(), width=200)
    print_table("stories", compared, console)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "disk, MB (all)" in printed.split("Where a peer wins: ")[1]
    assert "1*" in printed


def test_filters_let_their_share_pass(written: PeerSet) -> None:
    assert [(written.days <= int(share * 1_000_000)).mean() for share in (0.1, 1)] == [0.1, 1]
    assert np.isin(written.exact(0.1)[0], np.flatnonzero(written.days <= 100_000)).all()


def test_an_engine_that_does_not_start_says_why(written: PeerSet, adapters: Path) -> None:
    assert run_peer("broken", adapters, sys.executable, written.folder) == "RuntimeError: no such engine here"
