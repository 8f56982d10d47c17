"""The DATELINE_ variables, their names and the numbers that they may hold, and the version that is installed."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.errors import SettingsError

PREFIX = "DATELINE_"
SERVING = (
    "HOST", "PORT", "ROOT_PATH", "ALLOWED_HOSTS", "PROXIES", "KEYS", "WITHOUT_KEYS", "RATE_LIMIT", "SEARCHES",
    "WORKERS", "QUEUE",
    "TIMEOUT_MS", "CONNECTIONS", "LOG_FORMAT", "LOG_QUERIES",
)  # fmt: skip
"""The variables that only the service reads."""
BUILDING = ("CACHE_MB", "MEMORY", "THREADS", "PROCESSES", "ALLOW_PRIVATE")
"""The variables that building reads; the number of threads holds for the service too."""
ASKING = ("URL", "KEY")
"""The variables of programs that ask a service."""
NAMES = ("INDEX", "ENCODER", "DEVICE", "RERANKER", "DEPTH", *SERVING, *BUILDING, *ASKING)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The whole numbers that a variable may hold, both ends included."""

    least: int
    most: int | None
    example: int
    """A number for the hint of an error."""

    def __contains__(self, number: int) -> bool:
        return self.least <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        return f"of at least {self.least}" if self.most is None else f"from {self.least} to {self.most}"


NUMBERS: Mapping[str, NumberRange] = {
    "DEPTH": NumberRange(200, 20_000, 2000),
    "PORT": NumberRange(0, 65535, 8000),
    "RATE_LIMIT": NumberRange(0, 1_000_000, 600),
    "SEARCHES": NumberRange(0, 1024, 2),
    "WORKERS": NumberRange(0, 256, 2),
    "QUEUE": NumberRange(0, 10_000, 32),
    "TIMEOUT_MS": NumberRange(1, 600_000, 10_000),
    "CONNECTIONS": NumberRange(8, 100_000, 512),
    "CACHE_MB": NumberRange(0, None, 4096),
    "MEMORY": NumberRange(640, None, 1024),
    "THREADS": NumberRange(1, 4096, 4),
    "PROCESSES": NumberRange(0, None, 2),
}
"""The variables that hold a number. The options of the same settings have the same limits."""
FLAGS = ("WITHOUT_KEYS", "LOG_QUERIES")
"""The variables that are on or off."""
_ON_OR_OFF = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}


def check_environment(environment: Mapping[str, str]) -> None:
    """Refuse a variable that would be ignored: one with a mistyped name, and a number that cannot be read.

    Raises:
        SettingsError: The message says what the variable holds and the hint says what to type.
    """
    _check_names(environment)
    for name in NUMBERS:
        read_number(name, environment)
    for name in FLAGS:
        read_flag(name, environment)


def read_number(name: str, environment: Mapping[str, str]) -> int | None:
    """Return the number that a variable holds, or None where it is not set or empty.

    Args:
        name: One of ``NUMBERS``, without the prefix.
        environment: The variables and their values.

    Raises:
        SettingsError: The value is not a whole number, or not in the range of this variable.
    """
    value, wanted, variable = environment.get(f"{PREFIX}{name}", ""), NUMBERS[name], f"{PREFIX}{name}"
    if not value:
        return None
    if _WHOLE_NUMBER.fullmatch(value.strip()) and int(value) in wanted:
        return int(value)
    raise SettingsError(
        f"{variable} is {value!r}, wanted a whole number {wanted}",
        f"{variable}={wanted.example}, or unset {variable} for the default",
    )


def read_flag(name: str, environment: Mapping[str, str]) -> bool | None:
    """Return whether a variable is on, or None where it is not set or empty.

    Raises:
        SettingsError: The value is neither on nor off.
    """
    value, variable = environment.get(f"{PREFIX}{name}", ""), f"{PREFIX}{name}"
    if not value:
        return None
    if value.strip().casefold() not in _ON_OR_OFF:
        raise SettingsError(f"{variable} is {value!r}, wanted 1 or 0", f"{variable}=1, or unset {variable}")
    return _ON_OR_OFF[value.strip().casefold()]


def installed_version() -> str:
    """Return the version of Dateline that is installed, or "from source" where none is."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dateline")
    except PackageNotFoundError:
        return "from source"


def _check_names(environment: Mapping[str, str]) -> None:
    ours = {name.removeprefix(PREFIX) for name, value in environment.items() if name.startswith(PREFIX) and value}
    for name in sorted(ours - set(NAMES)):
        close = difflib.get_close_matches(name, NAMES, n=1)
        if close:
            raise SettingsError(
                f"the environment variable {PREFIX}{name} is no setting of Dateline", f"{PREFIX}{close[0]}=..."
            )
