"""Which addresses of the network are public: others belong to this machine, or to the network that it stands in.

The name of a host is no guide, because whoever owns it decides where it leads, and may decide anew at each question.
What counts is the address that a connection is made to.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_UNICAST = IPv6Network("2000::/3")
"""All addresses of IPv6 that are given to hosts of the internet."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Addresses that a gateway translates to those of IPv4 in their last 32 bits (RFC 6052)."""

_SPECIAL = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))
"""Ranges for purposes of their own of which the standard library does not know all."""


def is_public(address: str) -> bool:
    """Return whether an address of IPv4 or IPv6 is one of the public internet.

    Those that are not are loopback, link-local, private, unique-local, shared (RFC 6598), multicast, unspecified,
    reserved or for documentation. An address of IPv6 that stands for one of IPv4 is what that one is.
    """
    ip = ip_address(address.partition("%")[0])
    if any(ip in network for network in _SPECIAL):
        return False
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast and not ip.is_reserved
    inner = _inner(ip)
    if inner is not None:
        return is_public(str(inner))
    return ip in _UNICAST and ip.is_global


def is_private_by_name(url: str) -> bool:
    """Return whether an address of the web is not public by its very words, before anybody is asked where it leads."""
    try:
        host = urlsplit(url).hostname or ""
        if f".{host.rstrip('.')}".endswith(".localhost"):
            return True
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (ValueError, OSError):  # what is malformed is said when it is fetched, and a name is not a number
        return False
    return bool(host) and not any(is_public(str(address[0])) for *_, address in found)


def _inner(ip: IPv6Address) -> IPv4Address | None:
    """Return the address of IPv4 that one of IPv6 stands for, if it stands for one."""
    if ip in _TRANSLATED:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour
