"""Fragments of HTML become paragraphs, however often they were escaped."""

import time

import pytest

from indexer.sources.web.markup import plain_text, whole_characters


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One <b>two</b> three.</p>tail<!-- c -->after<ul><li>a<li>b</ul>&amp;", "One two three.|tailafter|a|b|&"),
        ("a < b and c > d", "a < b and c > d"),
        ("Tom &amp; Co", "Tom & Co"),
        ("<style>p {}</style><script>alert()</script>x<br>y", "x|y"),
        ("One\n\nTwo <b>x</b>\n\nThree", "One|Two x|Three"),
        ("<o:p>x</o:p>y<amp-img src='a'></amp-img>", "xy"),
        ("<![CDATA[<p>One.</p><p>Two.</p>]]>", "One.|Two."),
        ("", ""),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two &amp;amp; three.&lt;/p&gt;", "One.|Two & three."),
        ("&amp;lt;p&amp;gt;One.&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Two.&amp;lt;/p&amp;gt;", "One.|Two."),
        ("&amp;amp;lt;p&amp;amp;gt;One.&amp;amp;lt;/p&amp;amp;gt;", "One."),
        ("<div>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</div>", "One.|Two."),
        ("AT&amp;amp;amp;T and the &amp;#8220;Karst&amp;#8221;", "AT&T and the “Karst”"),
        ("<p>Caf&amp;eacute; R&amp;D</p>", "Café R&D"),
        ("<p>The tag &lt;p&gt; begins a paragraph.</p>", "The tag <p> begins a paragraph."),
        ("Write to &lt;desk@courier.example&gt;, see &lt;https://courier.example&gt;",
         "Write to <desk@courier.example>, see <https://courier.example>"),
        ("5 &lt; 6 &amp;&amp; 7 &gt; 6", "5 < 6 && 7 > 6"),
    ],
)  # fmt: skip
def test_markup_becomes_paragraphs(markup: str, text: str) -> None:
    assert plain_text(markup) == text.replace("|", "\n\n")


def test_markup_without_end_is_bounded() -> None:
    assert plain_text("<div>" * 100_000 + "x") in {"", "x"}


@pytest.mark.parametrize("part", ["<a", "<a ", "&#", "&amp;", "<!--", "</a-b", "<a-", "&"])
def test_it_costs_time_in_proportion_to_the_length(part: str) -> None:
    began = time.process_time()
    plain_text(part * 200_000)
    assert time.process_time() - began < 5


def test_halves_of_characters_are_replaced() -> None:
    assert whole_characters("a\ud83d b\udc00 \N{PERSON WITH BLOND HAIR}") == (
        "a\N{REPLACEMENT CHARACTER} b\N{REPLACEMENT CHARACTER} \N{PERSON WITH BLOND HAIR}"
    )
