"""What the build and its reading process say to one another: pickled objects through two pipes.

Both ends are processes of ours, so that what comes is trusted; what they read is not.
"""

import pickle
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.context import ReadingContext
from indexer.sources.inputs import Input


@dataclass(frozen=True, slots=True)
class Job:
    """An input to be read. If it is standard input, its bytes follow, and then no bytes."""

    input: Input
    context: ReadingContext


@dataclass(frozen=True, slots=True)
class Alive:
    """The reader goes on, but has no article yet."""


@dataclass(frozen=True, slots=True)
class Done:
    """All of an input was read."""

    languages: Mapping[str, str]
    """The languages of its texts, see ``Judgements``."""
    fields: Counter[tuple[str, str]]
    """In how many of its records a name was used for a field, see ``FieldNames``."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The system failed, such as a full disk: that is no error of the input."""

    error: OSError


Order = Job | bytes
"""What the build sends."""
Answer = Article | Notice | Alive | Done | Failed
"""What the reading process sends."""


def send(pipe: IO[bytes], message: Order | Answer) -> None:
    """Write a message at once, so that it is not lost if this process ends."""
    pipe.write(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
    pipe.flush()


def receive_order(pipe: IO[bytes]) -> Order:
    """Return the next message of the build.

    Raises:
        EOFError: The build has ended.
    """
    order: Order = pickle.load(pipe)  # noqa: S301  it comes from our own process
    return order


def receive_answer(pipe: IO[bytes]) -> Answer:
    """Return the next message of the reading process.

    Raises:
        EOFError: That process has ended.
        pickle.UnpicklingError: It has ended in the middle of a message.
    """
    answer: Answer = pickle.load(pipe)  # noqa: S301  it comes from our own process
    return answer
