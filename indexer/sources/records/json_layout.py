"""Tell JSON Lines, of which each line is read by itself, from JSON whose values go over any number of lines."""

from collections.abc import Iterator

from indexer.sources.records.json_parsing import parse_json

BLANK = " \t\r\n\0\x1e\ufeff"
"""What may stand around a value: white space, nulls, byte order marks, the separator of JSON text sequences."""
_BEGINNING = 2**20
"""The characters at the beginning by which lines of values are told from values that go over many lines."""


def beginning_of(pieces: Iterator[str]) -> str:
    """Return the first pieces of a text, enough to tell by them how it is laid out."""
    parts, length = [], 0
    for piece in pieces:
        parts.append(piece)
        length += len(piece)
        if length >= _BEGINNING:
            break
    return "".join(parts)


def are_lines(beginning: str, *, named_so: bool) -> bool:
    """Return whether each line of a file is a value.

    This is so if the first line is an object, and there is another line. If most of the lines below it are objects,
    the first line is damaged. Where the name of the file says that its lines are values, the first may be any value.
    """
    first, found, rest = beginning.strip(BLANK).partition("\n")
    first = first.strip(BLANK)
    if not found:
        return named_so and len(beginning) < _BEGINNING
    later = [line.strip(BLANK) for line in rest.split("\n", 8)[:8]]
    whole = [_is_object(line) for line in later if line]
    if _is_object(first) or 2 * sum(whole) > len(whole):
        return True
    return named_so and (first[:1] not in "[{" or _is_value(first))


def _is_object(line: str) -> bool:
    return line[:1] == "{" and _is_value(line)


def _is_value(line: str) -> bool:
    try:
        parse_json(line)
    except ValueError:
        return False
    return True
