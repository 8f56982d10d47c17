"""The MCP server, which speaks the protocol; the tools know nothing of it. The only module that imports ``mcp``."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, Tool, ToolAnnotations
from starlette.types import ASGIApp

from indexer.environment import installed_version
from indexer.errors import DatelineError
from search_api.agents.arguments import schema_of
from search_api.agents.budget import json_text
from search_api.agents.reading import corpus
from search_api.agents.tools import CORPUS, CORPUS_SAYS, INSTRUCTIONS, TOOLS, answer, error_text
from search_api.deadline import NO_DEADLINE, Deadline
from search_api.search.searcher import Searchers
from search_api.service.errors import RequestRefusedError

_log = logging.getLogger("dateline")
Turns = Callable[[], AbstractAsyncContextManager[Deadline]]
"""Gives each call its turn, and the time by which its answer is wanted."""


class AgentServer(MCPServer):
    """Offers the tools and the resource, and answers with JSON in both forms that clients read."""

    def __init__(self, searchers: Searchers, turns: Turns = lambda: nullcontext(NO_DEADLINE)) -> None:
        super().__init__("Dateline", instructions=INSTRUCTIONS, version=installed_version(), log_level="WARNING")
        self._searchers, self._turns = searchers, turns
        describe = self.resource(CORPUS, name="corpus", description=CORPUS_SAYS, mime_type="application/json")
        describe(self._corpus)

    async def list_tools(self) -> list[Tool]:
        """Return the definitions of the tools."""
        reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
        return [
            Tool(name=name, description=tool.says, input_schema=schema_of(tool.arguments), annotations=reading)
            for name, tool in TOOLS.items()
        ]

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],
        context: Context[Any, Any] | None = None,  # noqa: ARG002 (a part of the method that this one replaces)
    ) -> CallToolResult:
        """Return what a tool answers, or the error that the model can do something about."""
        try:
            async with self._turns() as deadline:
                found = await anyio.to_thread.run_sync(answer, self._searchers, name, arguments, deadline)
        except (DatelineError, RequestRefusedError) as error:
            said = DatelineError(error.message, error.hint)
            return CallToolResult(content=[TextContent(type="text", text=error_text(said))], is_error=True)
        except Exception:
            _log.exception("the tool %s failed", name[:50])
            said = DatelineError("something went wrong here", "the log of the server says what")
            return CallToolResult(content=[TextContent(type="text", text=error_text(said))], is_error=True)
        return CallToolResult(content=[TextContent(type="text", text=json_text(found))], structured_content=found)

    async def _corpus(self) -> str:
        return await anyio.to_thread.run_sync(lambda: corpus(self._searchers.current()))


def http_application(server: AgentServer, path: str) -> ASGIApp:
    """Return the application that speaks MCP at a path. Who may ask is checked before it."""
    unchecked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return server.streamable_http_app(
        streamable_http_path=path, stateless_http=True, json_response=True, transport_security=unchecked
    )
