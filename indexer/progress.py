"""The interface through which a build reports its progress."""

from typing import Protocol


class BuildProgress(Protocol):
    """Receives the start of each stage, and how many units of it have been done since the last call."""

    def start(self, stage: str, total: int, unit: str) -> None: ...

    def advance(self, amount: int = 1) -> None: ...


class Silent:
    """Progress that is not shown."""

    def start(self, stage: str, total: int, unit: str) -> None:
        del stage, total, unit

    def advance(self, amount: int = 1) -> None:
        del amount
