"""``dateline plan``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.terminal.shell import DEFAULT_INDEX, IndexOption, JsonOption, print_facts, print_json

if TYPE_CHECKING:
    from indexer.build.planning import Forecast
    from indexer.vectors.nomination.planner import Workload

PassagesOption = Annotated[
    int | None,
    typer.Option(
        "--passages",
        metavar="N",
        show_default=False,
        help="Plan for so many passages. [default: as many as the news have]",
    ),
]
MemoryOption = Annotated[
    int, typer.Option("--memory", metavar="MB", min=1, help="Memory that the index of vectors may take in a search.")
]
RecallOption = Annotated[
    float, typer.Option("--recall", help="Share of the ten nearest passages that are to be among the candidates.")
]
DimOption = Annotated[int, typer.Option("--dim", min=1, help="Dimensions of the vectors, where no news are named.")]
EncoderOption = Annotated[str, typer.Option(envvar="DATELINE_ENCODER", help="As for rebuild-index.")]


def plan(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Folders or files of news, of which a sample is read and encoded."),
    ] = None,
    passages: PassagesOption = None,
    memory: MemoryOption = 1024,
    recall: RecallOption = 0.97,
    dim: DimOption = 512,
    encoder: EncoderOption = "embedded",
    index: IndexOption = DEFAULT_INDEX,
    as_json: JsonOption = False,
) -> None:
    """Say which index of vectors a corpus would get, and its recall, memory, time and speed, before it is built."""
    from indexer.errors import SettingsError
    from indexer.vectors.nomination.planner import Workload, check_workload

    if not paths and passages is None:
        raise SettingsError("nothing to plan for", "name news, or a number: dateline plan --passages 1000000")
    workload = Workload(1 if passages is None else passages, dim, memory * 2**20, recall)
    check_workload(workload)
    forecast = _of_news(paths, index, encoder, workload, passages) if paths else _of_number(workload)
    if as_json:
        print_json(forecast.as_dict())
    else:
        print_facts(forecast_facts(forecast))


def forecast_facts(forecast: "Forecast") -> dict[str, str]:
    """Return a line for each fact about a planned index."""
    from indexer.vectors.nomination.planner import size_in_words

    plan, chosen = forecast.plan, forecast.plan.chosen
    corpus = f"{forecast.passages:,}" + (f" in {forecast.articles:,} articles" if forecast.articles else "")
    facts = {
        "passages": corpus,
        "index": f"{chosen.kind.name}" + (f", depth {chosen.depth:,}" if chosen.depth else ""),
        "why": plan.why,
        "recall@10": f"{chosen.recall:.3f} expected",
        "memory": f"{size_in_words(chosen.memory)}; what else is mapped stays on disk where memory is short",
        "disk": f"{size_in_words(chosen.disk)} for vectors and index",
        "build": f"{in_words(chosen.build_seconds)} of one core for the index{_encoding(forecast)}",
        "search": f"{chosen.milliseconds:.1f} ms on one core",
        "measured on": plan.source,
    }
    others = {
        f"instead: {each.kind.name}": f"recall {each.recall:.3f}, {size_in_words(each.memory)}, "
        f"{in_words(each.build_seconds)}, {each.milliseconds:.1f} ms"
        for each in plan.others
    }
    return facts | others


def in_words(seconds: float) -> str:
    """Return a duration as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _encoding(forecast: "Forecast") -> str:
    return f", {in_words(forecast.encoding_seconds)} to encode" if forecast.encoding_seconds is not None else ""


def _of_number(workload: "Workload") -> "Forecast":
    from indexer.build.planning import forecast_of_passages

    return forecast_of_passages(workload)


def _of_news(paths: list[str], index: Path, encoder: str, workload: "Workload", passages: int | None) -> "Forecast":
    from indexer.build.planning import forecast_of_sources
    from indexer.build.reading_plan import RebuildRequest, plan_build, plan_reading
    from indexer.encoders.options import EncoderOptions
    from indexer.passages.cutting import PassageLimits

    reading = plan_reading(index, RebuildRequest(paths))
    build = plan_build(index, reading, encoder, EncoderOptions(), PassageLimits())
    return forecast_of_sources(build, workload, passages or 0)
