"""Whether the library that speaks MCP is installed, found out without importing it."""

from importlib.metadata import PackageNotFoundError, version

from indexer.errors import SettingsError

_INSTALL = "pip install 'dateline[mcp]', in an environment without langchain-mcp-adapters, which wants mcp 1"
_MAJOR = "2"


def is_installed() -> bool:
    """Return whether ``mcp`` of version 2 is there."""
    return _version().split(".")[0] == _MAJOR


def check_installed() -> None:
    """Refuse to go on without it.

    Raises:
        SettingsError: It is missing, or of another version.
    """
    if not is_installed():
        found = _version()
        said = f"mcp {found} is installed, and Dateline needs version {_MAJOR}" if found else "mcp is not installed"
        raise SettingsError(said, _INSTALL)


def _version() -> str:
    try:
        return version("mcp")
    except PackageNotFoundError:
        return ""
