"""The index that nominates candidates, planned and measured in a build; what is planned for news that are not built."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest

from indexer.build import nominating, planning
from indexer.build.nominating import shortfalls
from indexer.build.plan import BuildPlan
from indexer.build.planning import forecast_of_passages, forecast_of_sources
from indexer.encoders.protocol import Encoder
from indexer.generations.generation import content_digest
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.passages.cutting import PassageLimits
from indexer.vectors.nomination import index, planner
from indexer.vectors.nomination.kinds import FLAT
from indexer.vectors.nomination.planner import Workload
from search_api.cli import main

TOWNS = ["Vellmar", "Ostwick", "Brenn", "Calder", "Dunmoor", "Esk", "Farrow", "Gault", "Hythe", "Inver", "Jarrow"]
EVENTS = ["ferry", "harvest", "council", "bridge", "school", "flood", "market", "strike", "hospital", "museum"]
PARAGRAPHS = PassageLimits(1, 64)
DETAILS = [f"detail{number}" for number in range(60)]


def news(count: int) -> list[dict[str, str]]:
    draw = np.random.default_rng(4)
    records = []
    for number in range(count):
        town, event = draw.choice(TOWNS), draw.choice(EVENTS)
        words = " ".join(draw.choice(DETAILS, 9))
        body = "\n\n".join(f"The {event} of {town} and its {' '.join(draw.choice(DETAILS, 12))}." for _ in range(2))
        records.append({"id": f"a{number}", "language": "en", "title": f"{event} {town} {words}", "text": body})
    return records


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 2,400 passages be many."""
    monkeypatch.setattr(planner, "FLAT_UP_TO", 500)
    monkeypatch.setattr(index, "_EXACT_OF_MANY", 300)
    monkeypatch.setattr(nominating, "FLAT_UP_TO", 500)
    monkeypatch.setattr(planning, "LEAST", 500)


def test_a_build_of_few_passages_compares_all_and_measures_nothing(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path
) -> None:
    build(write_jsonl(*news(20)))
    manifest = open_current(tmp_path / "index").manifest
    assert (manifest.vectors, manifest.nominations.kind, manifest.nominations.depth) == ("Flat+RaBitQ",) * 2 + (0,)
    assert manifest.nominations.measured is None
    assert manifest.nominations.recall is None


def test_of_many_passages_kinds_are_tried_and_the_chosen_one_is_measured(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, many: None
) -> None:
    source = write_jsonl(*news(1300))
    report = build(source, limits=PARAGRAPHS)
    generation = open_current(tmp_path / "index")
    record = generation.manifest.nominations
    assert record is not None
    assert report.nominations == record.model_dump()
    assert record.source.endswith("passages of the corpus, 200 of its headlines as questions")
    assert record.why.startswith("the fastest of those that fit into 424 MiB and reach a recall of 0.97")
    assert record.measured is not None
    assert set(record.measured.recall) == {"own language", "other languages", "everything", "10 %", "1 %", "0.1 %"}
    assert record.measured.questions == 100
    assert record.measured.recall["1 %"] == record.measured.recall["0.1 %"] == 1
    assert record.recall == pytest.approx(record.predicted.recall, abs=0.03)
    assert record.recall >= 0.94
    assert record.measured.memory == pytest.approx(record.predicted.memory, rel=0.05)
    assert record.measured.memory == generation.layout.nominations.stat().st_size
    before = content_digest(generation)
    build(source, index="again", limits=PARAGRAPHS)
    assert content_digest(open_current(tmp_path / "again")) == before


def test_status_shows_prediction_beside_outcome(
    build: Callable[..., BuildReport],
    write_jsonl: Callable[..., Path],
    tmp_path: Path,
    many: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    build(write_jsonl(*news(1300)), limits=PARAGRAPHS)
    with pytest.raises(SystemExit):
        main(["status", "--index", str(tmp_path / "index")])
    text = " ".join(capsys.readouterr().out.split())
    assert "expected, 0.97 wanted) of 100 headlines; own language" in text
    with pytest.raises(SystemExit):
        main(["status", "--json", "--index", str(tmp_path / "index")])
    stated = orjson.loads(capsys.readouterr().out)
    assert stated["nominations"]["measured"]["questions"] == 100
    assert 0 < stated["nominations"]["predicted"]["recall"] <= 1


def test_an_index_that_finds_less_than_wanted_says_so(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path
) -> None:
    build(write_jsonl(*news(1300)), limits=PARAGRAPHS)
    record = open_current(tmp_path / "index").manifest.nominations
    assert record is not None
    assert record.measured is not None
    assert record.recall is not None
    assert (list(shortfalls(record)) == []) == (record.recall >= 0.97)
    worse = record.measured.model_copy(update={"recall": {"own language": 0.8, "other languages": 0.9}})
    (said,) = shortfalls(record.model_copy(update={"measured": worse}))
    assert said.startswith(
        "nominates 85.0% of the passages nearest to a headline, and 97% are wanted; a larger --memory"
    )


def test_a_number_of_passages_is_planned_from_usual_figures() -> None:
    few = forecast_of_passages(Workload(1000, 512, 2**30))
    many = forecast_of_passages(Workload(1_000_000, 512, 2**30))
    assert few.plan.chosen.kind == FLAT
    assert many.plan.chosen.kind != FLAT
    assert many.plan.chosen.recall >= 0.97
    assert "news" in many.plan.source
    assert many.encoding_seconds is None


def test_news_are_planned_from_their_own_passages_and_headlines(
    write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder, many: None
) -> None:
    plan = BuildPlan([write_jsonl(*news(1300))], tmp_path / "index", word_encoder, limits=PARAGRAPHS)
    forecast = forecast_of_sources(plan, Workload(1, 512, 2**30))
    assert forecast.articles == 1300
    assert forecast.plan.source == f"{forecast.passages:,} passages of the corpus, 100 of its headlines as questions"
    more = forecast_of_sources(plan, Workload(1, 512, 2**30), passages=10**6)
    assert (more.passages, more.plan.chosen.disk > forecast.plan.chosen.disk) == (10**6, True)
    assert more.encoding_seconds is not None
    assert not (tmp_path / "index" / "generations").exists()


def test_too_few_news_to_try_anything_are_planned_from_usual_figures(
    write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> None:
    plan = BuildPlan([write_jsonl(*news(3))], tmp_path / "index", word_encoder, limits=PARAGRAPHS)
    forecast = forecast_of_sources(plan, Workload(1, 512, 2**30))
    assert (forecast.articles, forecast.plan.chosen.kind, "news" in forecast.plan.source) == (3, FLAT, True)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        main(["plan", *arguments])
    written = capsys.readouterr()
    return int(end.value.code or 0), " ".join((written.out + written.err).split())


def test_the_command_prints_what_is_planned(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "--passages", "1000000")
    assert code == 0
    assert "passages 1,000,000" in text
    assert "ms on one core" in text
    code, text = run(capsys, "--passages", "1000000", "--json")
    planned = orjson.loads(text)
    assert (code, planned["passages"], planned["chosen"]["recall"] >= 0.97) == (0, 10**6, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to plan for"),
        (["--passages", "0"], "0 passages need no index"),
        (["--passages", "1000000000000"], "an index on one machine holds at most 2,147,483,648 passages"),
        (["--passages", "100000000", "--memory", "100"], "100 MiB of memory hold no index of 100,000,000 passages"),
        (["--passages", "1000", "--recall", "97"], "the recall wanted is 97"),
        (["no/such/folder"], "no/such/folder"),
    ],
)
def test_what_cannot_be_planned_ends_with_a_message(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code, text = run(capsys, *arguments)
    assert code != 0
    assert said in text
    assert "try:" in text
