"""How a build says how far it is, to whoever listens."""

from typing import Protocol


class BuildProgress(Protocol):
    """Told of each stage as it starts, and of what it has done since."""

    def start(self, stage: str, total: int, unit: str) -> None: ...

    def advance(self, amount: int = 1) -> None: ...


class Silent:
    """Says nothing."""

    def start(self, stage: str, total: int, unit: str) -> None:
        del stage, total, unit

    def advance(self, amount: int = 1) -> None:
        del amount
