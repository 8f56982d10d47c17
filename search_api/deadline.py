"""The time by which an answer is wanted. Whoever works for it looks between two stages whether it has passed."""

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant of ``time.monotonic``. A search that finds it passed returns what it has, and says that it is cut."""

    at: float = math.inf

    @classmethod
    def after(cls, milliseconds: float, began: float | None = None) -> "Deadline":
        """Return the deadline so many milliseconds after an instant, by default after now."""
        return cls((time.monotonic() if began is None else began) + milliseconds / 1000)

    @property
    def passed(self) -> bool:
        return self.at != math.inf and time.monotonic() >= self.at

    @property
    def remaining(self) -> float:
        """The seconds that are left, 0 or more."""
        return max(0.0, self.at - time.monotonic()) if self.at != math.inf else math.inf


NO_DEADLINE = Deadline()
