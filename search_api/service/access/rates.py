"""How often each client may ask: a bucket of requests that fills up again evenly (the generic cell rate algorithm)."""

import math
import time
from collections import OrderedDict

MOST_CLIENTS = 10_000
"""Clients that are remembered; the one that was first of them is forgotten."""
_AT_ONCE = 6
"""A client that has been quiet may ask a sixth of its minute at once."""


class Rates:
    """Counts the requests of each client. A client who asks evenly is never refused at the rate that is allowed."""

    def __init__(self, a_minute: int) -> None:
        self.a_minute = a_minute
        self._due: OrderedDict[str, float] = OrderedDict()
        """For each client the time at which its bucket is full again."""

    def ask(self, who: str) -> int:
        """Return 0 and count the request, or return after how many seconds the client may ask again."""
        if not self.a_minute:
            return 0
        now, each = time.monotonic(), 60 / self.a_minute
        due = max(self._due.get(who, now), now) + each
        over = due - now - max(60 / _AT_ONCE, each)
        if over > 1e-9:
            return math.ceil(over)
        self._due[who] = due
        self._due.move_to_end(who)
        if len(self._due) > MOST_CLIENTS:
            self._due.popitem(last=False)
        return 0
