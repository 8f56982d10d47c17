"""Print hits, the statistics of an index and what the doctor found, for people."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from indexer.terminal.layout import output_console, print_line, print_rows, print_text
from indexer.terminal.nominations import nomination_facts
from indexer.terminal.shell import in_one_line, print_facts, printable
from search_api.records.articles import Stats
from search_api.service.schemas import ExplanationOut, HitOut, ReasonOut, SearchResponse

if TYPE_CHECKING:
    from indexer.generations.manifest import NominationRecord
    from search_api.search.doctor import Finding

_SHOWN = 30
"""How many languages and outlets are listed; --json has them all."""


def print_hits(found: SearchResponse, console: Console | None = None) -> None:
    """Print the hits one below the other, or that there are none."""
    console = console or output_console()
    for each in found.also_searched:
        forms = ", ".join(map(printable, each.forms))
        print_text(console, f"{printable(each.word)}: also searched {forms}")
    if found.did_you_mean:
        print_text(console, f"did you mean: {printable(found.did_you_mean)}")
    for hit in found.hits:
        print_hit(hit, console)
    if found.total:
        least = "at least " if found.total_is == "at_least" else ""
        total = f"{least}{found.total:,} hits in {found.searched:,} passages"
        count = f"{len(found.hits)} of {total} in {found.took_ms:,.0f} ms"
        print_text(console, Text(count if found.answerable else f"{count}; nothing is likely to answer", style="dim"))
    elif found.searched:
        nothing = f"nothing in {found.searched:,} passages is likely to answer"
        print_text(console, f"{nothing}; only near it:" if found.near else nothing)
        for hit in found.near:
            print_hit(hit, console)
    else:
        print_text(console, "no passage passes the filters and has the required words")


def print_hit(hit: HitOut, console: Console | None = None) -> None:
    """Print a hit."""
    console = console or output_console()
    print_rows(console, [(f"{hit.relevance:.2f}  {_dated(hit)}  {printable(hit.language)}", printable(hit.source))])
    print_text(console, Text(printable(hit.title or hit.opening), style="bold"), 2, split_words=True)
    print_text(console, _passage(hit), 2, split_words=True)
    print_text(console, Text(_reasons(hit.why), style="dim"), 2, split_words=True)
    if hit.explanation:
        print_text(console, Text(_explained(hit.score, hit.explanation), style="dim"), 2)
    if hit.url:
        print_line(console, Text(f"  {printable(hit.url)}", style="dim"))
    print_line(console, Text(f"  id {printable(hit.article_id)}", style="dim"))
    if elsewhere := _elsewhere(hit):
        print_text(console, Text(elsewhere, style="dim"), 2)
    print_line(console, "")


def print_stats(stats: Stats, index: Path, nominations: "NominationRecord | None") -> None:
    """Print what an index holds."""
    print_facts(
        {
            "index": f"{index}, generation {stats.generation}, every file checked",
            "built": f"{stats.built_at:%Y-%m-%d %H:%M} UTC",
            "encoder": f"{stats.encoder} (revision {stats.encoder_revision}, {stats.dim} dimensions)",
            "articles": f"{stats.articles:,}, newest {stats.newest or 'without a date'}, {stats.skipped:,} skipped",
            "passages": f"{stats.passages:,}",
            "size": f"{stats.bytes / 2**20:,.1f} MiB",
            **nomination_facts(nominations),
            "languages": _counted(stats.languages),
            "sources": _counted(stats.sources),
        }
    )


def _counted(counts: dict[str, int]) -> str:
    shown = [f"{name or '(none)'} {count:,}" for name, count in list(counts.items())[:_SHOWN]]
    more = [f"and {len(counts) - _SHOWN:,} more"] if len(counts) > _SHOWN else []
    return ", ".join(shown + more)


def _passage(hit: HitOut) -> Text:
    """Return the text of a passage; if it has several sentences, the best is underlined."""
    if len(hit.sentences) < 2:
        return Text(printable(hit.text))
    best = hit.best_sentence
    before, after = in_one_line(hit.text[: best.start]), in_one_line(hit.text[best.end :])
    return Text.assemble(before, (in_one_line(hit.text[best.start : best.end]), "underline"), after)


def _reasons(why: Sequence[ReasonOut]) -> str:
    """Say which words of the query a passage holds, and in which form."""
    words = dict.fromkeys(
        printable(each.found) if each.kind == "words" else f"{printable(each.query)}: {printable(each.found)}"
        for each in why
        if each.kind != "meaning"
    )
    return f"has {', '.join(words)}" if words else "by its meaning"


def _dated(hit: HitOut) -> str:
    """Return the day of publication, and the day of the last change where that is a later one."""
    published, updated = (hit.published or "")[:10], (hit.updated or "")[:10]
    return (published or "undated") + (f", updated {updated}" if updated > published else "")


def _elsewhere(hit: HitOut) -> str:
    """Say in how many other outlets the story is, and where it was first."""
    if not hit.family:
        return f"and {hit.copies:,} near-identical elsewhere" if hit.copies else ""
    family = hit.family
    others = f"also in {family.outlets:,} outlet{'s' if family.outlets > 1 else ''}"
    where = f" at {printable(family.first_source)}" if family.first_source else ""
    when = f" on {family.first_published[:10]}" if family.first_published else ""
    return f"{others if family.outlets else f'told {family.articles:,} times'}, first{where}{when}"


def _explained(score: float, explanation: ExplanationOut) -> str:
    parts = {"similarity": score, **explanation.model_dump()}
    return ", ".join(
        f"{name} {part:.3f}" if isinstance(part, float) else f"{name} {part}" for name, part in parts.items()
    )


def print_findings(findings: "Sequence[Finding]") -> None:
    """Print what was found in an index, and a verdict on all of it."""
    console = output_console()
    print_rows(console, [(each.verdict, each.name, printable(each.found)) for each in findings])
    bad = [each.name for each in findings if each.verdict == "bad"]
    look = [each.name for each in findings if each.verdict == "look"]
    said = f"bad: {', '.join(bad)}" if bad else f"worth a look: {', '.join(look)}" if look else "all is well"
    print_text(console, said)
