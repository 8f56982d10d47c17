"""Hits and statistics for people at a terminal."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.terminal.shell import in_one_line, print_facts, printable
from search_api.answer import Stats
from search_api.search.doctor import Finding
from search_api.service.schemas import HitOut, SearchResponse

_SHOWN = 30
"""Languages and outlets that are listed; --json has them all."""


def print_hits(found: SearchResponse) -> None:
    """Print a table of hits, or that there are none."""
    console = _console()
    if not found.hits:
        nearest = f"nothing in {found.searched:,} passages is likely to answer; --min-relevance 0 shows the nearest"
        console.print(nearest if found.searched else "no passage passes the filters and has the required words")
        return
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim")
    table.add_column("relevance", justify="right")
    table.add_column("published", no_wrap=True)
    table.add_column("lang")
    table.add_column("passage", overflow="fold")  # an address must stay whole to be copied
    for hit in found.hits:
        table.add_row(f"{hit.relevance:.2f}", (hit.published or "")[:10], hit.language, _passage(hit))
    console.print(table)
    count = f"{len(found.hits)} of {found.searched:,} passages in {found.took_ms:,.0f} ms"
    console.print(count if found.answerable else f"{count}; nothing is likely to answer", style="dim")


def print_stats(stats: Stats, index: Path) -> None:
    """Print what an index holds."""
    print_facts(
        {
            "index": f"{index}, generation {stats.generation}, every file checked",
            "built": f"{stats.built_at:%Y-%m-%d %H:%M} UTC",
            "encoder": f"{stats.encoder} (revision {stats.encoder_revision}, {stats.dim} dimensions)",
            "articles": f"{stats.articles:,}, newest {stats.newest or 'without a date'}, {stats.skipped:,} skipped",
            "passages": f"{stats.passages:,}",
            "size": f"{stats.bytes / 2**20:,.1f} MiB",
            "languages": _counted(stats.languages),
            "sources": _counted(stats.sources),
        }
    )


def _counted(counts: dict[str, int]) -> str:
    shown = [f"{name or '(none)'} {count:,}" for name, count in list(counts.items())[:_SHOWN]]
    more = [f"and {len(counts) - _SHOWN:,} more"] if len(counts) > _SHOWN else []
    return ", ".join(shown + more)


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)  # an outlet may be called [red] or :car:


def _passage(hit: HitOut) -> Text:
    title = Text(printable(hit.title or hit.opening), style="bold")
    source = Text(f"  {printable(hit.source)}" if hit.source else "", style="dim")
    best = hit.best_sentence
    text = Text(in_one_line(hit.text))
    if len(hit.sentences) > 1:
        before, after = in_one_line(hit.text[: best.start]), in_one_line(hit.text[best.end :])
        text = Text.assemble(before, (in_one_line(hit.text[best.start : best.end]), "underline"), after)
    place = Text(f"\n{printable(hit.url or hit.passage_id)}", style="dim")
    return Text.assemble(title, source, "\n", text, *_explained(hit), place, Text(_elsewhere(hit), style="dim"))


def _elsewhere(hit: HitOut) -> str:
    """Say who else has it, and who had it first."""
    if not hit.family:
        return f"  and {hit.copies:,} near-identical elsewhere" if hit.copies else ""
    family = hit.family
    others = f"also in {family.outlets:,} outlet{'s' if family.outlets > 1 else ''}"
    where = f" at {printable(family.first_source)}" if family.first_source else ""
    when = f" on {family.first_published[:10]}" if family.first_published else ""
    return f"  {others if family.outlets else f'told {family.articles:,} times'}, first{where}{when}"


def _explained(hit: HitOut) -> list[Text]:
    if hit.explanation is None:
        return []
    parts = hit.explanation.model_dump()
    shown = ", ".join(
        f"{name} {part:.3f}" if isinstance(part, float) else f"{name} {part}" for name, part in parts.items()
    )
    return [Text(f"\nsimilarity {hit.score:.3f}, {shown}", style="dim")]


def print_findings(findings: Sequence[Finding]) -> None:
    """Print what examining an index found, and what it comes to."""
    table = Table(box=None, show_header=False)
    for each in findings:
        table.add_row(each.verdict, each.name, printable(each.found))
    console = _console()
    console.print(table)
    bad = [each.name for each in findings if each.verdict == "bad"]
    look = [each.name for each in findings if each.verdict == "look"]
    said = f"bad: {', '.join(bad)}" if bad else f"worth a look: {', '.join(look)}" if look else "all is well"
    console.print(said)
