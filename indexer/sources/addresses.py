"""Addresses of pages, as strangers write them: many are none, and some are longer than any."""

from urllib.parse import SplitResult, urljoin, urlsplit

from indexer.sources import limits


def split(url: str) -> SplitResult | None:
    """Return the parts of an address; None if it is none, or longer than any."""
    if len(url) > limits.ADDRESS:  # to split one takes the square of its length, if it is full of accents
        return None
    try:
        return urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address, for example
        return None


def absolute(base: str, url: str) -> str:
    """Return an address completed by another one; empty if it is none."""
    if len(base) + len(url) > limits.ADDRESS:
        return ""
    try:
        return str(urljoin(base, url))
    except ValueError:
        return ""
