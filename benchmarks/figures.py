"""The output of benchmarks: a JSON object {figure: {value, target, better, how}}, or a table of the same."""

import json
from typing import TypedDict

from rich.console import Console
from rich.table import Table


class Figure(TypedDict):
    value: float
    target: float | None
    better: str
    how: str


Figures = dict[str, Figure]


def figure(value: float, target: float | None, better: str, how: str) -> Figure:
    """Return a figure. ``better`` is ``higher`` or ``lower``; ``how`` says how the value was measured."""
    return {"value": float(f"{value:.7g}"), "target": target, "better": better, "how": how}


def print_figures(figures: Figures, header: str, as_json: bool) -> None:
    """Print the figures as one JSON object, or as a table below a header."""
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    table = Table("figure", "value", "target", "how", box=None)
    for name, each in figures.items():
        sign = {"higher": ">=", "lower": "<="}[each["better"]]
        target = "" if each["target"] is None else f"{sign} {each['target']:g}"
        table.add_row(name, f"{each['value']:.7g}", target, each["how"])
    console = Console(width=140)
    console.print(header, highlight=False)
    console.print(table)
