"""The text that an encoder receives for a passage: the title of its article, then the passage itself.

A paragraph of news does not repeat what the headline says. Without the title, fewer of the questions in
benchmarks/seed_questions.py find their event.
"""

CONTEXT = "title"
_TITLE_CHARACTERS = 300


def encoder_input(title: str, text: str) -> str:
    """Return the passage's text below the title, which is cut to 300 characters."""
    return f"{title[:_TITLE_CHARACTERS]}\n{text}" if title else text


def room_for_text(max_tokens: int) -> int:
    """Return how many of an encoder's ``max_tokens`` remain for the passage below its title."""
    return max(max_tokens - 64, max_tokens // 2, 1)
