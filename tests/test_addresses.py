"""Two addresses of one page are equal, and those of two pages are not, whatever their parameters are called."""

import pytest

from indexer.duplicates.addresses import canonical_url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.a.example/1/", "http://a.example/1"),
        ("https://a.example/1?utm_source=rss&utm_medium=x", "https://a.example/1"),
        ("https://a.example/1?fbclid=x&gclid=y&mc_cid=z&at_medium=w", "https://a.example/1"),
        ("https://a.example/1?id=7&UTM_Source=rss", "https://a.example/1?id=7"),
        ("https://a.example/1#comments", "https://a.example/1"),
        ("https://a.example/1#:~:text=ferry", "https://a.example/1"),
        ("https://A.example/1", "https://a.example/1"),
        ("https://a.example:443/1", "http://a.example:80/1"),
        ("https://a.example/1?b=2&a=1", "https://a.example/1?a=1&b=2"),
        ("https://a.example/1?b=2&amp;a=1", "https://a.example/1?a=1&b=2"),
        ("https://a.example/caf%C3%A9", "https://a.example/café"),
        ("https://a.example/1/amp/", "https://a.example/1"),
        ("https://amp.a.example/1", "https://a.example/1"),
        ("https://a.example/1.amp.html?outputType=amp", "https://a.example/1.html"),
        ("https://a.example/1;jsessionid=12AB?x=1", "https://a.example/1?x=1"),
        ("https://a.example/#/article/100/", "https://www.a.example/#/article/100"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_one_page(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/1", "https://b.example/1"),
        ("https://a.example/1", "https://a.example/1/2"),
        ("https://a.example/#/article/100", "https://a.example/#/article/101"),
        ("https://a.example/#!/article/100", "https://a.example/#!/article/101"),
        ("https://a.example/#!news-1", "https://a.example/#!news-2"),
        ("https://a.example/amp", "https://a.example/"),
        ("https://a.example:8080/1", "https://a.example/1"),
        *((f"https://a.example/news?{name}=1", f"https://a.example/news?{name}=2")
          for name in ("cid", "uid", "ref", "id", "p", "source", "sid", "nid", "aid", "article", "story", "page")),
    ],
)  # fmt: skip
def test_two_pages(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "name", ["", "tag:a.example,2025:1", "a.example/1?x=1", "https://", "urn:uuid:1", "http://a:b:c/"]
)
def test_what_is_no_address_stays(name: str) -> None:
    assert canonical_url(name) == name
