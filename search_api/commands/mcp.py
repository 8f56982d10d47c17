"""``dateline mcp``."""

import logging
import sys

from indexer.terminal.shell import DEFAULT_INDEX, DeviceOption, IndexOption
from search_api.terminal.options import EncoderOption, RerankerOption


def mcp(
    index: IndexOption = DEFAULT_INDEX,
    encoder: EncoderOption = "",
    device: DeviceOption = "",
    reranker: RerankerOption = "",
) -> None:
    """Let a program with a language model search the index, by the Model Context Protocol on standard input and output.

    Such a program starts the command itself; docs/agents.md says how. It follows the index as `dateline serve` does.
    """
    from indexer.generations.store import current_id
    from search_api.agents.installed import check_installed

    check_installed()
    current_id(index)
    from search_api.agents.server import AgentServer
    from search_api.search.live import LiveSearcher

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    searchers = LiveSearcher(index, encoder, device, reranker)
    searchers.current()
    AgentServer(searchers).run("stdio")
