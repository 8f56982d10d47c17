"""Hits and statistics for people at a terminal."""

import re
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_api.answer import Stats
from search_api.schemas import HitOut, SearchResponse

_INVISIBLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def print_hits(found: SearchResponse) -> None:
    """Print a table of hits, or that there are none."""
    console = _console()
    if not found.hits:
        console.print(f"nothing found among {found.searched:,} passages")
        return
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim")
    table.add_column("score", justify="right")
    table.add_column("published", no_wrap=True)
    table.add_column("lang")
    table.add_column("passage")
    for hit in found.hits:
        table.add_row(f"{hit.score:.3f}", (hit.published or "")[:10], hit.language, _passage(hit))
    console.print(table)
    console.print(f"{len(found.hits)} of {found.searched:,} passages in {found.took_ms:,.0f} ms", style="dim")


def print_stats(stats: Stats, index: Path) -> None:
    """Print what an index holds."""
    table = Table.grid(padding=(0, 2))
    table.add_row("index", f"{index}, generation {stats.generation}, every file checked")
    table.add_row("built", f"{stats.built_at:%Y-%m-%d %H:%M} UTC")
    table.add_row("encoder", f"{stats.encoder} (revision {stats.encoder_revision}, {stats.dim} dimensions)")
    table.add_row(
        "articles", f"{stats.articles:,}, newest {stats.newest or 'without a date'}, {stats.skipped:,} skipped"
    )
    table.add_row("passages", f"{stats.passages:,}")
    table.add_row("size", f"{stats.bytes / 2**20:,.1f} MiB")
    table.add_row("languages", ", ".join(f"{language} {count:,}" for language, count in stats.languages.items()))
    sources = [f"{_shown(source) or '(none)'} {count:,}" for source, count in stats.sources.items()]
    table.add_row("sources", ", ".join(sources))
    _console().print(table)


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)  # an outlet may be called [red] or :car:


def _passage(hit: HitOut) -> Text:
    title = Text(_shown(hit.title or hit.opening), style="bold")
    source = Text(f"  {_shown(hit.source)}" if hit.source else "", style="dim")
    text = Text(_shown(hit.text))
    place = Text(f"\n{_shown(hit.url or hit.passage_id)}", style="dim")
    return Text.assemble(title, source, "\n", text, place)


def _shown(text: str) -> str:
    """Return the text on one line, with nothing in it that a terminal would obey."""
    return _INVISIBLE.sub(" ", text).strip()
