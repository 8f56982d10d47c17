"""What is wrong with a request, in words."""

from collections.abc import Mapping
from typing import Any


def describe(problem: Mapping[str, Any]) -> str:
    """Return what is wrong with a part of a request, as pydantic found it."""
    if problem["type"] == "json_invalid":
        return f"body: not JSON at character {problem['loc'][1]}: {problem['ctx']['error']}"
    place = ".".join(str(part) for part in problem["loc"][1:]) or str(problem["loc"][0])
    given = problem.get("input")
    shown = f" (got {given!r:.60})" if isinstance(given, str | int | float | bool) else ""
    return f"{place}: {problem['msg']}{shown}"
