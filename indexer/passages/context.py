"""What an encoder is given of a passage: its text below the title of its article.

A paragraph of news leaves out what the headline has said; without it, fewer of the questions of
benchmarks/seed_questions.py find their event.
"""

CONTEXT = "title"
_TITLE_CHARACTERS = 300


def encoder_input(title: str, text: str) -> str:
    """Return a passage's text with its context."""
    return f"{title[:_TITLE_CHARACTERS]}\n{text}" if title else text


def room_for_text(max_tokens: int) -> int:
    """Return how many of the tokens that an encoder reads are left for the passage itself."""
    return max(max_tokens - 64, max_tokens // 2, 1)
