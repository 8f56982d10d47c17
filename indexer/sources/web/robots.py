"""Robots.txt: which addresses of a host a program may fetch, by the rules of RFC 9309."""

from urllib.parse import urlsplit

from protego import Protego

from indexer.sources import limits
from indexer.sources.web.client import Client, FetchError, PrivateAddressError, host_of

_LIMIT = limits.ROBOTS
"""The bytes of a robots.txt that are read. RFC 9309 asks for at least as many."""


class Robots:
    """The rules of all hosts. The robots.txt of a host is fetched once.

    If a host has none (it answers 4xx), everything may be fetched. If it cannot be had (the host answers 5xx, or
    nothing), nothing may be fetched for now, because nobody knows what it forbids.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rules: dict[str, Protego | FetchError] = {}
        """The rules by scheme and host, or the reason why they are not known."""

    def refusal(self, url: str) -> str:
        """Return why an address must not be fetched, or an empty string if it may be.

        Raises:
            FetchError: It is no address of the web.
        """
        host = host_of(url)
        site = f"{urlsplit(url).scheme}://{host}"
        if site not in self._rules:
            self._rules[site] = self._fetch(f"{site}/robots.txt")
        rules = self._rules[site]
        if isinstance(rules, FetchError):
            until = "" if isinstance(rules, PrivateAddressError) else " for now"
            return f"{url} is not fetched{until}: {rules}"
        allowed = rules.can_fetch(url, self._client.agent)
        return "" if allowed else f"{url} is not to be fetched by programs, says its robots.txt"

    def _fetch(self, url: str) -> Protego | FetchError:
        """Return the rules in a robots.txt, or the reason why they are not known."""
        address = url
        for _ in range(limits.REDIRECTS + 1):
            try:
                answer = self._client.ask(address, enough=_LIMIT)
            except FetchError as error:
                return error
            if answer.status >= 500:
                return FetchError(f"{address} answers {answer.status}")
            if not answer.moved_to:
                text = answer.body[:_LIMIT].decode("utf-8", "replace") if answer.status == 200 else ""
                return Protego.parse(text)
            address = answer.moved_to
        return Protego.parse("")
