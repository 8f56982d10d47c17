"""Every bound on what is read, in one place: nothing that comes in may fill memory or disk, or hold up a build."""

from dataclasses import dataclass

_MIB = 2**20

# Packed files
PACKING_DEPTH = 8
MEMBERS = 1_000_000
UNPACKED_FREE = 64 * _MIB
EXPANSION = 200
"""Text is packed to a twentieth of its size, a repeated text to a hundredth, and a bomb to a thousandth."""
ARCHIVE_HEADER = _MIB
DICTIONARY = 128 * _MIB

# One article and its parts
TEXT_FILE = 16 * _MIB
LINE = 64 * _MIB
ROW = 64 * _MIB
JSON_OBJECT = 64 * _MIB
JSON_DEPTH = 100
TITLE = 300
ADDRESS = 2**13
PDF_PAGES = 2_000
DOCUMENT = 32 * _MIB
SPREADSHEET = 256 * _MIB
CELLS = 30_000_000
WIKITEXT = 4 * _MIB
SITEMAP = 50 * _MIB
SITEMAP_PAGES = 1_000
SITEMAPS = 50
MESSAGE = 64 * _MIB
MESSAGE_PARTS = 200
MESSAGE_HEADER = 2**14
PAGE = 20 * 10**6
"""A news page with all its scripts seldom has a tenth of it."""
PAGE_ELEMENTS = 50_000
"""The longest live blogs hold fewer, and their extraction takes seconds."""

MARKDOWN = 200_000
"""Characters that are parsed as Markdown, which takes up to 5 s; a longer text keeps its signs."""
FRONT_MATTER = 2**15

# Servers
ADDRESS = 8_192
CODINGS = 4
ANSWER = 20 * _MIB
ANSWER_SECONDS = 30
REDIRECTS = 5
REDIRECTED_SECONDS = 300
ROBOTS = 500 * 2**10
"""RFC 9309 asks for at least as many bytes."""

# The process that reads
READER_MEMORY = 1024 * _MIB
READER_SECONDS = 30
FEED_PAGES = 1_000
FEED_SECONDS = 3600
PAGE_SECONDS = 600
"""An answer for robots.txt and one for the page, each after redirects, with the pauses between them."""
SMALL_FILE = _MIB


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound, in words for people."""

    what: str
    most: str


def _size(count: int) -> str:
    """Return a number of bytes in the unit that suits it."""
    return f"{count / _MIB:,.0f} MiB" if count >= _MIB else f"{count / 2**10:,.0f} KiB"


LIMITS = (
    Limit("archives and compressed files within one another", f"{PACKING_DEPTH}"),
    Limit("members of the archives in a file", f"{MEMBERS:,}"),
    Limit("what comes out of a packed file", f"{_size(UNPACKED_FREE)} and {EXPANSION} times its size"),
    Limit("a file with holes", f"{_size(UNPACKED_FREE)} and {EXPANSION} times what is stored of it"),
    Limit("a header in a tar archive", _size(ARCHIVE_HEADER)),
    Limit("the window of a compressed file", _size(DICTIONARY)),
    Limit("a file of text or Markdown", _size(TEXT_FILE)),
    Limit("Markdown whose signs are taken out", f"{MARKDOWN:,} characters"),
    Limit("front matter", f"{FRONT_MATTER:,} characters"),
    Limit("a line or a cell of JSON Lines, CSV and TSV", _size(LINE)),
    Limit("a row of Parquet and Arrow", _size(ROW)),
    Limit("a JSON file that is one object", _size(JSON_OBJECT)),
    Limit("lists and objects within one another in JSON", f"{JSON_DEPTH}"),
    Limit("a page or a feed", f"{PAGE // 10**6} MB"),
    Limit("the address of an article", f"{ADDRESS:,} characters"),
    Limit("pages of a PDF, the rest is not read", f"{PDF_PAGES:,}"),
    Limit("the parts of a Word or OpenDocument file, unpacked", _size(DOCUMENT)),
    Limit("a spreadsheet, unpacked", _size(SPREADSHEET)),
    Limit("the cells of a sheet of .xlsx, empty ones among them", f"{CELLS:,}"),
    Limit("a page of a wiki", _size(WIKITEXT)),
    Limit("an e-mail", f"{_size(MESSAGE)}, {MESSAGE_PARTS} parts, {_size(MESSAGE_HEADER)} a header"),
    Limit("elements of a page", f"{PAGE_ELEMENTS:,}"),
    Limit("an address of the web", f"{ADDRESS:,} characters"),
    Limit("an answer of a server", f"{_size(ANSWER)}, {ANSWER_SECONDS} seconds"),
    Limit("redirects to an answer", f"{REDIRECTS}, {REDIRECTED_SECONDS} seconds"),
    Limit("codings of an answer", f"{CODINGS}"),
    Limit("a sitemap, unpacked", _size(SITEMAP)),
    Limit("pages of a feed, the others are read as the feed has them", f"{FEED_PAGES:,}"),
    Limit("what is fetched of a sitemap", f"{SITEMAP_PAGES:,} pages, {SITEMAPS} further sitemaps"),
    Limit("a robots.txt, the rest is not read", _size(ROBOTS)),
    Limit("memory of the process that reads", _size(READER_MEMORY)),
    Limit("time for one article", f"{READER_SECONDS} seconds of a core"),
    Limit("time for one page of a feed", f"{PAGE_SECONDS} seconds"),
    Limit("time for a feed with its pages, the rest is not fetched", f"{FEED_SECONDS:,} seconds"),
)
"""All bounds, in the order in which an input meets them."""
