"""``dateline watch``: what each new generation of the index adds to a query, every story once."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from indexer.errors import SettingsError, StorageError
from indexer.terminal.shell import DEFAULT_INDEX, DeviceOption, IndexOption, JsonOption
from search_api.terminal.options import (
    EncoderOption,
    FromOption,
    LanguageOption,
    MinRelevanceOption,
    NotLanguageOption,
    NotSourceOption,
    QueryArgument,
    SourceOption,
)

if TYPE_CHECKING:
    from search_api.answer import Hit
    from search_api.query import Query
    from search_api.search.searcher import Searcher, Searchers

ExecOption = Annotated[
    str,
    typer.Option("--exec", metavar="COMMAND", help="Run this for each hit, which it gets as JSON on standard input."),
]
StateOption = Annotated[
    Path | None, typer.Option("--state", help="Remember here what was seen, so that the next watch goes on from there.")
]
OnceOption = Annotated[bool, typer.Option("--once", help="Look once and end: for cron, with --state.")]
EveryOption = Annotated[float, typer.Option("--every", min=0.1, help="Seconds between two looks at the index.")]


def watch(
    query: QueryArgument,
    language: LanguageOption = None,
    source: SourceOption = None,
    not_language: NotLanguageOption = None,
    not_source: NotSourceOption = None,
    published_from: FromOption = "",
    min_relevance: MinRelevanceOption = None,
    command: ExecOption = "",
    state: StateOption = None,
    once: OnceOption = False,
    every: EveryOption = 5.0,
    index: IndexOption = DEFAULT_INDEX,
    encoder: EncoderOption = "",
    device: DeviceOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print what each rebuild of the index adds to a query, every story once, until interrupted.

    What answers when the watch begins counts as seen, unless --state names a file of an earlier watch.
    """
    from search_api.query import make_query
    from search_api.search.live import LiveSearcher
    from search_api.service.schemas import HitOut
    from search_api.terminal.hits import print_hit

    asked = make_query(
        query,
        languages=language or (),
        sources=source or (),
        not_languages=not_language or (),
        not_sources=not_source or (),
        published_from=published_from,
        min_relevance=min_relevance,
    )
    watching = Watching(LiveSearcher(index, encoder, device), asked, _seen(state))
    _remember(state, watching.seen)
    for hit in _looks(watching, once=once, every=every):
        shown = HitOut.model_validate(hit)
        if command:
            _hand_to(command, shown.model_dump_json())
        elif as_json:
            print(orjson.dumps(shown.model_dump(mode="json")).decode(), flush=True)
        else:
            print_hit(shown)
        _remember(state, watching.seen)
    _remember(state, watching.seen)


class Watching:
    """A query whose answers are compared from one generation to the next."""

    def __init__(self, searchers: "Searchers", query: "Query", seen: set[str] | None) -> None:
        self._searchers, self._query = searchers, query
        self._generation = ""
        self.seen = set() if seen is None else seen
        """Ids of the articles that were handed out, and of their copies."""
        if seen is None:
            for _ in self.news():
                pass

    def news(self) -> Iterator["Hit"]:
        """Yield the hits of stories that were not there before; nothing while the index is the same."""
        searcher = self._searchers.current()
        generation = searcher.stats().generation
        if generation == self._generation:
            return
        yield from self._unseen(searcher)
        self._generation = generation

    def _unseen(self, searcher: "Searcher") -> Iterator["Hit"]:
        for hit in searcher.hits(self._query):
            story = {hit.article_id, *searcher.relatives(hit.article_id)}
            is_new = story.isdisjoint(self.seen)
            self.seen |= story
            if is_new:
                yield hit


def _looks(watching: Watching, *, once: bool, every: float) -> Iterator["Hit"]:
    while True:
        yield from watching.news()
        if once:
            return
        time.sleep(every)


def _hand_to(command: str, hit: str) -> None:
    """Run a command with a hit on its standard input; the command's failure is told and does not end the watch."""
    done = subprocess.run(command, shell=True, input=hit.encode(), check=False)  # noqa: S602 (the user's own command)
    if done.returncode:
        typer.echo(f"--exec exited with {done.returncode}", err=True)


def _seen(state: Path | None) -> set[str] | None:
    """Return what an earlier watch has seen; None where there was none."""
    if state is None or not state.exists():
        return None
    try:
        seen = json.loads(state.read_text(encoding="utf-8"))["seen"]
        return {str(each) for each in seen}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{state} is no state of a watch", "name another file, or remove it") from error


def _remember(state: Path | None, seen: set[str]) -> None:
    if state is None:
        return
    try:
        new = state.with_name(f"{state.name}.new")
        new.write_text(json.dumps({"seen": sorted(seen)}), encoding="utf-8")
        new.replace(state)
    except OSError as error:
        raise StorageError(f"cannot write {state}: {error.strerror}", "name another file with --state") from error
