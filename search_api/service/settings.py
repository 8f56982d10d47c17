"""The settings of the service: each is a name, a default and a sentence of help.

They are read from ``DATELINE_`` variables, and are options of ``dateline serve`` (``search_api.service.cli``). Nothing
heavy is imported here: the help of the command is made from this table.
"""

import dataclasses
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.environment import FLAGS, NUMBERS, PREFIX, check_environment, read_flag, read_number
from indexer.errors import SettingsError

LOG_FORMATS = ("text", "json")
_INDEX = Path("index")


def _setting(default: Any, help_text: str) -> Any:
    return dataclasses.field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a running service needs to know."""

    index: Path = _setting(_INDEX, "Folder of the index.")  # noqa: RUF009 (a field, as the others)
    encoder: str = _setting("", "Refuse an index that another encoder built.")
    device: str = _setting("", "cpu, cuda, cuda:1 or mps.")
    reranker: str = _setting("", "Cross encoder, a name on a hub or a folder, that reads the best passages again.")
    depth: int = _setting(2000, "Passages that each way of searching looks at, at most; then totals say at_least.")
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "Port to listen on; 0 takes a free one.")
    root_path: str = _setting("", "Path below which a reverse proxy shows the service, such as /news.")
    allowed_hosts: str = _setting("", "Further names that the service is reached by, with commas: news.example.org.")
    proxies: str = _setting("127.0.0.1,::1", "Reverse proxies whose word on a client's address is taken, with commas.")
    keys: str = _setting("", "File of the API keys.")
    without_keys: bool = _setting(False, "Listen on other addresses than loopback although there are no keys.")
    rate_limit: int = _setting(600, "Requests a minute of one key, or of one address of another machine; 0: any.")
    searches: int = _setting(0, "Searches at once; 0: as many as there are cores.")
    workers: int = _setting(0, "Processes that search; 1: the service's own; 0: one a core where they are small.")
    queue: int = _setting(32, "Searches that wait for their turn; more are answered 503 at once.")
    timeout_ms: int = _setting(10_000, "The longest time of a search in milliseconds; a request may ask for less.")
    connections: int = _setting(512, "Connections held open; beyond, the one that has idled longest is closed.")
    log_format: str = _setting("text", "Lines of the log: text, or json with one object a line.")
    log_queries: bool = _setting(False, "Write what is searched for into the log.")

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            name = each.name.upper()
            if name in NUMBERS and getattr(self, each.name) not in NUMBERS[name]:
                raise SettingsError(f"{each.name} is {getattr(self, each.name)}, wanted a number {NUMBERS[name]}")
        if self.log_format not in LOG_FORMATS:
            raise SettingsError(f"the format of the log is {self.log_format!r}", f"{' or '.join(LOG_FORMATS)}")
        if self.root_path and not self.root_path.startswith("/"):
            raise SettingsError(f"the root path {self.root_path!r} begins with no slash", f"/{self.root_path}")

    @property
    def names(self) -> frozenset[str]:
        """The names in ``allowed_hosts``."""
        return frozenset(name.strip().strip("[]").casefold() for name in self.allowed_hosts.split(",") if name.strip())

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address that is listened on."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Return whether a name or address is one of this machine's own, which others cannot reach."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables such as ``DATELINE_INDEX``.

    Raises:
        SettingsError: The value of a variable is impossible, or its name is mistyped.
    """
    environment = os.environ if environment is None else environment
    check_environment(environment)
    read = {each.name: _read(each, environment) for each in dataclasses.fields(Settings)}
    return Settings(**{name: value for name, value in read.items() if value is not None})


def _read(setting: Any, environment: Mapping[str, str]) -> Any:
    name = setting.name.upper()
    if name in NUMBERS:
        return read_number(name, environment)
    if name in FLAGS:
        return read_flag(name, environment)
    value = environment.get(f"{PREFIX}{name}")
    kind: type[str | Path] = type(setting.default)
    return kind(value) if value else None
