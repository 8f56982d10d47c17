"""Short patterns of which readers of text have made much: repeated, they are the texts that cost most."""

MAIN_PATTERNS = (
    "ab-", " ", "\n", "a ", "a\n", "<a", "<p>a", "<script", "<!--", "--> ", "<!ENTITY", "<li><a href=x>x</a></li>",
    "&amp;", "a\u0301\u0323", "\u0301\u0323", "[a](", "[", "{", '"', '","', "{{a|", "[[", "**", "__A__", "`", "| ",
    "1/2/",
    ". ", "\u200b", "From ", "a: b\r\n", ";a=", "{\\b ", "\ufdfa", "- a\n", "=?utf-8?q?",
)  # fmt: skip
"""Those in which most of what was super-linear showed."""
PATTERNS = (
    *MAIN_PATTERNS,
    # letters and white space
    "a-", "\t", "\r", "\r\n", "A b. ", "- ", " -", " | ", "a", "a" * 40 + " ", "a" * 99 + "\n", "\n ", " \n", "\n\n",
    # HTML and XML
    "<", "<a ", "<a>", "</a>", "<p>", "<div>", "</div>", "<script>", "<style", "-->", "<![CDATA[", "]]>", "<br>",
    "<td>",
    '<!ENTITY a "b">\n', "<?", "<?xml ", "<!DOCTYPE", "<ul><li>", "&", "&#", "&#1", "&amp", "&a", "encoding='a'",
    "<ref>",
    "<ref", '<meta name="description" content="a b c">', "<option>a", "<b>", "<table>", "<svg>", "<h1>a", "<br><br>a",
    # marks and letters of other scripts
    "\u0301", "\u0f71\u0f74", "\u0323\u0301", "\u1100", "\u200c", "\u200d", "\u200f", "a\u200c", "\u202e", "\u00ad",
    "\u00e9",
    "日", "ก", "א", "ا", "한", "\U0001f600", "😀\u200d", "\0", "\x1f", "\x0c", "\u2028", "\ud800", "\ufffd",
    # brackets and quotation marks
    "]", "](", "![", "[a]", "}", "{}", "[]", "[1,", '{"a":', '[{"a":', '""', '"a', "\\", '\\"', "\\u", "{{", "}}",
    "[[a|",
    "|", "||", "{|", "{{{", "(", "()", "((", "<>", "\u201c", "\u00ab", "\u300c", "'", "\u2019", "a'", "''", "'''",
    # Markdown, YAML, TOML and wikitext
    "*", "*a ", "_", "__a", "``a", "~~", "=", "==a", "#", "# ", "> ", ">", "1. ", "    ", "\n- ", "|a\n", "|-\n", "___",
    "---", "---\n", "...\n", "a: b\n", "- - ", "? a\n", "&a *a ", "!!", "__A__", "~", "$", "^", ":", "::", "*#:;",
    "[http://a ", "a.b.", "[^a]: ",
    # sentences, numbers and dates
    "? ", "! ", "A. ", "a.", "…", "。", "U.S. ", "O'", "AB ", "Ab ", "Äb ", "1", "1 ", "12:30 ", "2025-05-27 ", "Jan ",
    "0", "1.", "1,",
    # mail, archives of the web, and tables
    "From a 12:30\n", ">From ", "a:", "\r\n ", ": ", "=?utf-8?q?a?=", "=20", "=\r\n", "--a\r\n", "@", "a@b, ", ",",
    ", ",
    ";", "%", "%41", "Content-Length: 1\r\n", "WARC/1.0\r\n", "1\r\na\r\n", "a,\"", '"a\n', '"a","b\n',
    # addresses, Rich Text and queries
    "://", "http://a ", "//", "/", "../", "a/", "?", "?a&", "{\\", "\\par ", "\\'41", "\\u1 ", "\\bin9", "+a ", "-a ",
    '+"',
)  # fmt: skip
