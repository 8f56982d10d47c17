"""Bring addresses of articles into one form, so that two addresses of the same page are equal."""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

_TRACKERS = frozenset([
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "msclkid", "yclid", "ysclid", "twclid",
    "ttclid", "li_fat_id", "igsh", "igshid", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp",
    "hsctatracking", "mkt_tok", "oly_enc_id", "oly_anon_id", "vero_id", "vero_conv", "_ga", "_gl", "_openstat",
    "wickedid", "rb_clickid", "s_kwcid", "epik", "guccounter", "guce_referrer", "guce_referrer_sig", "cmpid", "ftag",
    "ocid", "smid", "xtor", "__twitter_impression", "phpsessid", "jsessionid",
])  # fmt: skip
"""Parameters that tell where a reader came from or who the reader is. A name that some sites use for the number of an
article, such as cid, uid, ref, id or p, is not among them."""
_TRACKER_FAMILIES = ("utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "at_campaign", "at_medium", "at_custom", "ns_")
"""The beginnings of the names of further such parameters."""
_AMP = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp")}
"""Parameters of the version of a page for telephones, and their values."""
_AMP_PATH = re.compile(r"(?<=[^/])/amp$|\.amp(?=\.html?$)")
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_LONGEST = 2**13
"""Characters. To split an address takes the square of its length, if it is full of accents."""
_STATE = ("/", "!")
"""How a fragment begins that names the article in a page whose texts are loaded by a script."""
_PORTS = {None, 80, 443}


def canonical_url(url: str) -> str:
    """Return an address without the parts that do not identify an article.

    These are the scheme, ``www.`` and ``amp.``, the usual port, parameters that only track readers, the order of
    parameters, the last slash, and the fragment unless it begins with ``#/`` or ``#!``. What is no address of the web
    is returned unchanged.
    """
    if len(url) > _LONGEST:
        return url
    try:
        parts = urlsplit(url.strip().replace("&amp;", "&"))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return url
        return f"{_host(parts)}{_path(parts.path)}{_query(parts.query)}{_fragment(parts.fragment)}"
    except ValueError:  # brackets that hold no IPv6 address, or a port that is no number
        return url


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".").removeprefix("www.").removeprefix("amp.")
    return host if parts.port in _PORTS else f"{host}:{parts.port}"


def _path(path: str) -> str:
    return _AMP_PATH.sub("", unquote(_SESSION.sub("", path)).rstrip("/")).rstrip("/")


def _query(query: str) -> str:
    kept = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if not _is_tracker(*pair))
    return f"?{urlencode(kept)}" if kept else ""


def _is_tracker(name: str, value: str) -> bool:
    name = name.casefold()
    return name in _TRACKERS or name.startswith(_TRACKER_FAMILIES) or (name, value.casefold()) in _AMP


def _fragment(fragment: str) -> str:
    return f"#{unquote(fragment).rstrip('/')}" if fragment.startswith(_STATE) else ""
