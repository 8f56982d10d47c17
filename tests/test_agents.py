"""The tools for language models: each answer citable and within its budget, and the protocol that offers them."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from running_server import running

from indexer.encoders.protocol import Encoder
from indexer.errors import DatelineError, QueryError, SettingsError
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.terminal.shell import run
from search_api import cli
from search_api.agents import installed
from search_api.agents.arguments import LEAST_TOKENS
from search_api.agents.budget import clipped, cost, json_text, tokens
from search_api.agents.tools import INSTRUCTIONS, TOOLS, answer, error_text
from search_api.app import create_app
from search_api.deadline import NO_DEADLINE
from search_api.search.searcher import IndexSearcher, OneSearcher
from search_api.service.access.keys import KeyFile
from search_api.service.settings import Settings

if not installed.is_installed():
    pytest.skip("needs the extra dateline[mcp]", allow_module_level=True)

from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from search_api.agents.server import AgentServer

Answering = Callable[..., dict[str, Any]]
FILLER = "Many people stood on the quay in the rain and looked on. " * 12 + "So it was."
LONG = " ".join(f"The ferry waits at pier {number} of Sandhamn." for number in range(400))
PARAGRAPHS = [
    f"The ferry ran aground at dawn. Nobody was hurt. {FILLER}",
    f"The mayor came by boat. {FILLER}",
    f"Divers look for leaks. {FILLER}",
]
ARTICLES: list[dict[str, Any]] = [
    {"id": "aground", "title": "Aground", "text": "\n\n".join(PARAGRAPHS),
     "published": "2025-05-27", "language": "en", "source": "The Gazette",
     "url": "https://gazette.example/ferry"},
    {"id": "bac", "text": "Le bac ferry de Sandhamn est échoué.", "published": "2025-05", "language": "fr",
     "source": "Courrier"},
    {"id": "long", "title": "渡轮" * 900, "text": f"{LONG}\n\nThe ferry sails. 渡轮再次启航。" * 3, "published": "2024",
     "language": "en", "source": "Bote", "url": "https://bote.example/" + "x" * 3000},
    *({"id": f"more-{number}", "text": f"The ferry sails on day {number}.", "published": f"2023-{number:02d}-01",
       "language": "en", "source": f"Paper {number}"} for number in range(1, 13)),
    {"id": "rates", "text": "Rates were raised by half a point.", "language": "en"},
]  # fmt: skip


@pytest.fixture
def searcher(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    build(write_jsonl(*ARTICLES))
    return IndexSearcher(open_current(tmp_path / "index"), word_encoder)


@pytest.fixture
def ask(searcher: IndexSearcher) -> Answering:
    def ask(name: str, **arguments: Any) -> dict[str, Any]:
        return answer(OneSearcher(searcher), name, arguments, NO_DEADLINE)

    return ask


# answers


def test_tokens_are_counted_by_one_rule() -> None:
    assert [tokens(text) for text in ("", "abcd", "abcde", "渡轮", "渡轮再", "abcd渡轮")] == [0, 1, 2, 1, 2, 2]
    assert clipped("One two. Three four.", 5) == "One two."
    assert clipped("One two.", 50) == "One two."


def test_a_hit_can_be_cited(ask: Answering) -> None:
    found = ask("search", query="ferry aground", language=["en"], published_from="2025")
    (hit,) = found["results"]
    assert hit == {
        "id": "aground#0",
        "title": "Aground",
        "url": "https://gazette.example/ferry",
        "source": "The Gazette",
        "published": "2025-05-27",
        "precision": "day",
        "language": "en",
        "relevance": hit["relevance"],
        "text": PARAGRAPHS[0],
    }
    assert (found["answerable"], found["total"], found["left_out"], found["next"]) == (True, 1, 0, None)
    assert found["applied"] == {"language": ["en"], "published_from": "2025-01-01"}
    (short,) = ask("search", query="bac ferry de Sandhamn", source="Courrier", detail="sentence")["results"]
    assert (short["text"], short["precision"]) == ("Le bac ferry de Sandhamn est échoué.", "month")
    (short,) = ask("search", query="ferry aground", source=["the gazette"], detail="sentence")["results"]
    assert short["text"] == "The ferry ran aground at dawn."


def test_newest_first(ask: Answering) -> None:
    dates = [each["published"] for each in ask("search", query="ferry", order="newest", limit=20)["results"]]
    assert dates[:2] in (["2025-05-27", "2025-05"], ["2025-05", "2025-05-27"])
    assert dates[2:] == sorted(dates[2:], reverse=True)


def test_nothing_is_said_to_be_nothing(ask: Answering) -> None:
    found = ask("search", query="ferry", published_from="2030")
    assert (found["results"], found["answerable"]) == ([], False)
    assert "Say so" in found["note"]


def test_what_does_not_fit_follows_where_next_says(ask: Answering) -> None:
    seen: list[str] = []
    arguments: dict[str, Any] = {"query": "ferry", "limit": 5, "max_tokens": 420}
    while True:
        found = ask("search", **arguments)
        assert cost(found) <= 420
        assert found["results"]
        seen += [each["id"] for each in found["results"]]
        if found["next"] is None:
            break
        arguments["cursor"] = found["next"]
    assert len(seen) == len(set(seen)) == found["total"]


def test_an_article_is_read_to_its_end(ask: Answering, searcher: IndexSearcher) -> None:
    body = searcher.article("long").body
    reading, read = "long", []
    while reading:
        found = ask("fetch", id=reading, max_tokens=2200)
        assert cost(found) <= 2200
        read += [body[each["start"] : each["end"]] for each in found["passages"]]
        assert found["truncated"] == bool(found["left_out"])
        reading = found["next"]
    assert read == [each.text for each in searcher.article("long").passages]


def test_a_passage_comes_with_those_around_it(ask: Answering) -> None:
    assert ask("fetch", id="aground#1")["text"] == PARAGRAPHS[1]
    around = ask("fetch", id="aground#1", around=1)
    assert [each["id"] for each in around["passages"]] == ["aground#0", "aground#1", "aground#2"]
    assert around["text"].startswith("The ferry ran aground")
    whole = ask("fetch", id="aground")
    assert (whole["truncated"], whole["left_out"], whole["next"], whole["outlets"]) == (False, 0, None, 1)
    small = ask("fetch", id="aground#1", around=1, max_tokens=LEAST_TOKENS)
    assert ([each["id"] for each in small["passages"]], small["next"]) == (["aground#1"], "aground#2+")
    assert small["text"].startswith("The mayor came by boat.")
    assert small["truncated"]


def test_a_quotation_is_verified(ask: Answering) -> None:
    found = ask("verify_quote", quote="Nobody was hurt")
    assert found["verdict"] == "exact"
    assert found["matches"][0]["url"] == "https://gazette.example/ferry"
    near = ask("verify_quote", quote="The ferry ran aground at dusk", article_id="aground")
    assert near["verdict"] == "near"
    assert near["matches"][0]["differences"][0]["quoted"] == "dusk"
    assert ask("verify_quote", quote="Zeppelins land in Oz", article_id="bac")["verdict"] == "not_found"


def test_coverage_adds_up(ask: Answering) -> None:
    for by in ("day", "week", "month", "language", "source"):
        found = ask("coverage", query="ferry", by=by)
        assert found["left_out"] == 0
        assert sum(each["stories"] for each in found["counts"]) == found["stories"] == 15
        assert found["articles"] >= found["stories"]
    french = ask("coverage", query="ferry", by="language", language="fr")
    assert [(each["value"], each["stories"]) for each in french["counts"]] == [("fr", 1)]
    assert ask("coverage", query="ferry", published_from="2025", published_to="2025-05")["stories"] == 2


# what models send


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("search", {}, "query: Field required"),
        ("search", {"query": "ferry", "source": ["The Gazet"]}, "The Gazette"),
        ("search", {"query": "ferry", "language": ["klingon"]}, "klingon"),
        ("search", {"query": "ferry", "published_from": "last week"}, "last week"),
        ("search", {"query": "ferry", "since": "7d"}, "since"),
        ("search", {"query": "ferry", "limit": 0}, "limit"),
        ("search", {"query": "ferry", "max_tokens": 0}, "max_tokens"),
        ("search", {"query": "ferry", "max_tokens": 10**9}, "25000"),
        ("search", {"query": "ferry", "cursor": "x"}, "cursor"),
        ("search", {"query": "", "limit": 3}, "query"),
        ("fetch", {"id": "nowhere"}, "'nowhere'"),
        ("fetch", {"id": "nowhere" * 1000}, "id"),
        ("verify_quote", {"quote": "x y z", "article_id": "nowhere"}, "nowhere"),
        ("coverage", {"query": "ferry", "by": "hour"}, "by"),
        ("delete", {"id": "aground"}, "search, fetch, verify_quote, coverage"),
    ],
)
def test_what_cannot_be_answered_is_said_shortly(
    ask: Answering, name: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(DatelineError) as failed:
        ask(name, **arguments)
    text = error_text(failed.value)
    assert said in text
    assert tokens(text) <= LEAST_TOKENS


@pytest.mark.parametrize("given", ["fr", ["fr"], '["fr"]', "fr,", None, ""])
def test_lists_are_taken_in_every_form_that_models_send(ask: Answering, given: Any) -> None:
    found = ask("search", query="<b>ferry</b>", language=given, limit="3")
    assert found["applied"] == ({"language": ["fr"]} if given else {})


def test_no_answer_is_above_its_budget(ask: Answering) -> None:
    """500 calls drawn by chance: a pin of the random numbers makes them the same in each run."""
    draw = random.Random(22)
    refused: list[tuple[int, str]] = []
    ids = ["aground", "long", "long#0", "long#1+", "bac#0", "more-3", "aground#2", "rates"]
    for _ in range(500):
        name, budget = draw.choice(list(TOOLS)), draw.choice([200, 260, 333, 500, 1000, 2000, 25_000])
        query = draw.choice(["ferry", "ferry Sandhamn pier", "渡轮", "aground", "zeppelin", "the"])
        arguments: dict[str, Any] = {
            "search": {"query": query, "limit": draw.randint(1, 50), "max_tokens": budget,
                       "detail": draw.choice(["sentence", "passage"]), "order": draw.choice(["relevance", "newest"]),
                       "source": draw.choice([[], ["Bote"], [f"Paper {number}" for number in range(1, 13)]])},
            "fetch": {"id": draw.choice(ids), "around": draw.randint(0, 50), "max_tokens": budget},
            "verify_quote": {"quote": draw.choice([LONG[:1900], "渡轮再次启航", "The ferry sails on day 3"])},
            "coverage": {"query": query, "by": draw.choice(["day", "week", "month", "language", "source"])},
        }[name]  # fmt: skip
        try:
            found = ask(name, **arguments)
        except QueryError as error:  # not even the frame of the answer fits
            refused.append((budget, error.hint))
            continue
        assert cost(found) <= arguments.get("max_tokens", 2000)
    assert all(budget <= 333 and "max_tokens=" in hint for budget, hint in refused)


# the protocol


def _with(server: Any, use: Callable[[Client], Coroutine[Any, Any, Any]], **options: Any) -> Any:
    async def talk() -> Any:
        async with Client(server, **options) as client:
            return await use(client)

    return asyncio.run(talk())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_are_offered_in_few_tokens(searcher: IndexSearcher, mode: Any) -> None:
    async def use(client: Client) -> Any:
        return (await client.list_tools()).tools, client.instructions

    tools, said = _with(AgentServer(OneSearcher(searcher)), use, mode=mode)
    assert [each.name for each in tools] == ["search", "fetch", "verify_quote", "coverage"]
    sent = [each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in tools]
    assert tokens(json_text(sent)) <= 1000
    assert all(each["annotations"]["readOnlyHint"] for each in sent)
    assert said == INSTRUCTIONS
    assert "third parties" in INSTRUCTIONS


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_searches_reads_and_is_told_its_errors(searcher: IndexSearcher, mode: Any) -> None:
    async def use(client: Client) -> Any:
        found = await client.call_tool("search", {"query": "ferry aground", "language": "en"})
        wrong = await client.call_tool("search", {"query": "ferry", "source": ["The Gazet"]})
        corpus = await client.read_resource("dateline://corpus")
        return found, wrong, json.loads(corpus.contents[0].text)  # type: ignore[union-attr]

    found, wrong, corpus = _with(AgentServer(OneSearcher(searcher)), use, mode=mode)
    assert json.loads(found.content[0].text) == found.structured_content
    assert found.structured_content["results"][0]["id"] == "aground#0"
    assert wrong.is_error
    assert "The Gazette" in wrong.content[0].text
    assert (corpus["articles"], corpus["languages"], corpus["newest"]) == (16, {"en": 15, "fr": 1}, "2025-05")


def test_what_fails_unforeseen_is_not_shown(searcher: IndexSearcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("/secret/path")

    monkeypatch.setattr(searcher, "verify", fail)

    async def use(client: Client) -> Any:
        return await client.call_tool("verify_quote", {"quote": "x"})

    failed = _with(AgentServer(OneSearcher(searcher)), use)
    assert failed.is_error
    assert "secret" not in failed.content[0].text


def test_the_service_offers_it_behind_its_keys(searcher: IndexSearcher, tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys.json")
    _, key = file.add("agent", ["search"])
    _, other = file.add("metrics", ["admin"])
    with running(create_app(Settings(keys=str(file.path)), searcher=searcher)) as server:
        url = f"http://127.0.0.1:{server.port}/mcp"

        async def ask_with(key: str) -> Any:
            async with (
                httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http,
                Client(streamable_http_client(url, http_client=http)) as client,
            ):
                return await client.call_tool("search", {"query": "ferry aground"})

        found = asyncio.run(ask_with(key))
        assert found.structured_content["results"][0]["id"] == "aground#0"
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        assert httpx2.post(url, json=asked).json()["error"]["code"] == "key_missing"
        refused = httpx2.post(url, json=asked, headers={"X-API-Key": other})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "key_scope")


def test_the_service_refuses_a_foreign_host_before_it(searcher: IndexSearcher) -> None:
    with TestClient(create_app(Settings(), searcher=searcher)) as client:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        head = {"Accept": "application/json, text/event-stream"}
        assert client.post("/mcp", json=asked, headers={**head, "Host": "evil.example"}).status_code in {403, 421}
        assert client.post("/mcp", json=asked, headers={**head, "Origin": "http://evil.example"}).status_code == 403
        assert client.get("/mcp").status_code == 405
        assert client.options("/mcp").headers["allow"] == "POST, OPTIONS"
    unstarted = TestClient(create_app(Settings(), searcher=searcher))
    assert unstarted.post("/mcp", json=asked).json()["error"]["code"] == "not_started"


def test_the_command_speaks_on_standard_input_and_output(seed_index: Path) -> None:
    from mcp import StdioServerParameters

    code = "import sys; from search_api.cli import main; main(sys.argv[1:])"
    arguments = ["-c", code, "mcp", "--index", str(seed_index)]

    async def use(client: Client) -> Any:
        return await client.call_tool("search", {"query": "Will the ferry sail again?", "limit": 2})

    found = _with(StdioServerParameters(command=sys.executable, args=arguments), use)
    assert len(found.structured_content["results"]) == 2
    done = subprocess.run([sys.executable, *arguments[:3], "--index", "/nowhere"], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"rebuild-index" in done.stderr


@pytest.mark.parametrize(("version", "said"), [("1.30.0", "mcp 1.30.0 is installed"), ("", "mcp is not installed")])
def test_without_the_library_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], version: str, said: str, seed_index: Path
) -> None:
    monkeypatch.setattr(installed, "_version", lambda: version)
    with pytest.raises(SettingsError):
        installed.check_installed()
    assert run(cli.app, "dateline", ["mcp", "--index", str(seed_index)]) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert "dateline[mcp]" in output.err
    assert not any(getattr(each, "path", "") == "/mcp" for each in create_app(Settings()).routes)
