"""What people's tools export is read as it is: an export of each tool on the page about exports, in its own shape."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.files import SourceFile

REPOSITORY = Path(__file__).resolve().parent.parent
FERRY = "The ferry to Ostrand ran aground on a sandbank at dawn on Tuesday, and all ninety passengers are safe."
DREDGER = "A dredger had left the harbour an hour earlier, and the pilots say that the buoys were not in place."
TOLL = "The council of Vellmar will raise the toll on the old bridge by a fifth, to pay for its painters."
BOTH = f"{FERRY}\n\n{DREDGER}"
HTML = f"<p>{FERRY}</p>\n<p>{DREDGER}</p>"
URL = "https://gazette.example/ferry"


class Export(NamedTuple):
    """A file of a tool, and what its first article must be."""

    name: str
    content: Any
    body: str = BOTH
    title: str = "Ferry aground"
    published: str = "2025-05-27"
    source: str = "Ostrand Gazette"
    url: str = URL
    id: str | None = None
    language: str = "en"
    says: str = ""


def table(*rows: tuple[str, ...], delimiter: str = ",") -> str:
    """Return a table of delimited values with every cell quoted."""
    return "".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows)


RECORD = {"title": "Ferry aground", "text": BOTH, "date": "2025-05-27", "url": URL, "source": "Ostrand Gazette"}


EXPORTS: dict[str, Export] = {
    "Event Registry": Export(
        "out.json",
        {
            "articles": {
                "page": 1,
                "totalResults": 1,
                "results": [
                    {
                        "uri": "770001",
                        "lang": "eng",
                        "dateTime": "2025-05-27T08:00:00Z",
                        "dateTimePub": "2025-05-27T07:55:00Z",
                        "url": URL,
                        "title": "Ferry aground",
                        "body": BOTH,
                        "source": {"uri": "gazette.example", "title": "Ostrand Gazette"},
                    }
                ],
            }
        },
        id="770001",
    ),
    "NewsAPI": Export(
        "page1.json",
        {
            "status": "ok",
            "totalResults": 1,
            "articles": [
                {
                    "source": {"id": None, "name": "Ostrand Gazette"},
                    "author": None,
                    "title": "Ferry aground",
                    "description": "A ferry has run aground.",
                    "url": URL,
                    "publishedAt": "2025-05-27T08:00:00Z",
                    "content": FERRY + "… [+2310 chars]",
                }
            ],
        },
        body=FERRY + "…",
        says="its text is cut: 2310 characters are missing",
    ),
    "GNews": Export(
        "gnews.json",
        {
            "totalArticles": 1,
            "articles": [
                {
                    "title": "Ferry aground",
                    "description": "A ferry has run aground.",
                    "content": FERRY + "... [1,234 chars]",
                    "url": URL,
                    "publishedAt": "2025-05-27T08:00:00Z",
                    "source": {"name": "Ostrand Gazette", "url": "https://gazette.example"},
                }
            ],
        },
        body=FERRY + "...",
        says="its text is cut: 1,234 characters are missing",
    ),
    "mediastack": Export(
        "mediastack.json",
        {
            "pagination": {"limit": 1, "total": 1},
            "data": [
                {
                    "author": None,
                    "title": "Ferry aground",
                    "description": FERRY,
                    "url": URL,
                    "source": "Ostrand Gazette",
                    "language": "en",
                    "published_at": "2025-05-27T08:00:00+00:00",
                }
            ],
        },
        body=FERRY,
        says="'description' is taken as the text where a record has no other",
    ),
    "newsdata.io": Export(
        "newsdata.json",
        {
            "status": "success",
            "results": [
                {
                    "article_id": "3fa9",
                    "title": "Ferry aground",
                    "link": URL,
                    "description": FERRY,
                    "content": "ONLY AVAILABLE IN PAID PLANS",
                    "pubDate": "2025-05-27 08:00:00",
                    "source_id": "gazette",
                    "source_name": "Ostrand Gazette",
                    "source_url": "https://gazette.example",
                    "language": "english",
                }
            ],
            "nextPage": "17",
        },
        body=FERRY,
        id="3fa9",
        says="'description' is taken as the text",
    ),
    "The Guardian": Export(
        "guardian.json",
        {
            "response": {
                "status": "ok",
                "results": [
                    {
                        "id": "ports/2025/may/27/ferry",
                        "type": "article",
                        "webPublicationDate": "2025-05-27T08:00:00Z",
                        "webTitle": "Ferry aground",
                        "webUrl": URL,
                        "fields": {
                            "headline": "Ferry aground",
                            "trailText": "A ferry",
                            "body": HTML,
                            "bodyText": f"{FERRY} {DREDGER}",
                            "publication": "Ostrand Gazette",
                            "lang": "en",
                        },
                    }
                ],
            }
        },
        id="ports/2025/may/27/ferry",
    ),
    "The New York Times": Export(
        "archive.json",
        {
            "status": "OK",
            "response": {
                "docs": [
                    {
                        "abstract": FERRY,
                        "lead_paragraph": DREDGER,
                        "snippet": FERRY,
                        "web_url": URL,
                        "source": "Ostrand Gazette",
                        "multimedia": [{"caption": "The ferry", "url": "images/1.jpg", "credit": {"text": "K. Oru"}}],
                        "headline": {"main": "Ferry aground", "kicker": None, "print_headline": ""},
                        "keywords": [{"name": "subject", "value": "Ports"}],
                        "pub_date": "2025-05-27T08:00:00+0000",
                        "byline": {"original": "By K. Oru", "person": [{"firstname": "K."}]},
                        "_id": "nyt://article/17",
                    }
                ],
                "meta": {"hits": 1},
            },
        },
        id="nyt://article/17",
        says="'abstract+lead_paragraph' is taken as the text where a record has no other",
    ),
    "Webz.io": Export(
        "webz.json",
        {
            "posts": [
                {
                    "thread": {
                        "uuid": "aa17",
                        "url": URL,
                        "site_full": "www.gazette.example",
                        "site": "gazette.example",
                        "section_title": "Ports",
                        "title": "Ferry aground",
                        "title_full": "Ferry aground",
                        "published": "2025-05-27T08:00:00.000+03:00",
                    },
                    "uuid": "aa17",
                    "url": URL,
                    "title": "Ferry aground",
                    "text": BOTH,
                    "language": "english",
                    "published": "2025-05-27T08:00:00.000+03:00",
                    "crawled": "2025-05-27T09:00:00.000+03:00",
                    "entities": {"locations": [{"name": "ostrand", "sentiment": "none"}]},
                }
            ],
            "totalResults": 1,
        },
        source="gazette.example",
        id="aa17",
    ),
    "Media Cloud": Export(
        "mediacloud.csv",
        table(
            ("id", "indexed_date", "language", "media_name", "media_url", "publish_date", "title", "url", "text"),
            (
                "77",
                "2025-05-28",
                "en",
                "Ostrand Gazette",
                "gazette.example",
                "2025-05-27",
                "Ferry aground",
                URL,
                BOTH,
            ),
        ),
        id="77",
    ),
    "GDELT": Export(
        "gdelt.json",
        {
            "articles": [
                {
                    "url": URL,
                    "title": "Ferry aground",
                    "seendate": "2025-05-27",
                    "domain": "gazette.example",
                    "language": "English",
                    "text": BOTH,
                }
            ]
        },
        source="gazette.example",
    ),
    "newspaper3k": Export(
        "newspaper.json",
        {
            "title": "Ferry aground",
            "text": BOTH,
            "summary": "A ferry.",
            "url": URL,
            "source_url": "https://gazette.example",
            "publish_date": "2025-05-27 08:00:00",
            "meta_lang": "en",
            "keywords": ["ferry"],
            "html": "<html>…</html>",
        },
        source="gazette.example",
    ),
    "news-please": Export(
        "news-please.json",
        {
            "authors": [],
            "date_download": "2025-05-28 01:00:00",
            "date_modify": "2025-05-28 00:00:00",
            "date_publish": "2025-05-27 08:00:00",
            "description": "A ferry.",
            "filename": "x.json",
            "image_url": "https://gazette.example/1.jpg",
            "language": "en",
            "localpath": None,
            "maintext": BOTH,
            "source_domain": "gazette.example",
            "title": "Ferry aground",
            "title_page": None,
            "title_rss": None,
            "url": URL,
        },
        source="gazette.example",
    ),
    "Fundus": Export(
        "fundus.json",
        [
            {
                "title": "Ferry aground",
                "body": {
                    "summary": [FERRY],
                    "sections": [
                        {"headline": [], "paragraphs": [DREDGER]},
                        {"headline": ["What it costs"], "paragraphs": [TOLL]},
                    ],
                },
                "publishing_date": "2025-05-27 08:00:00+02:00",
                "lang": "en",
                "publisher": "Ostrand Gazette",
                "html": {"requested_url": URL, "crawl_date": "2025-05-28"},
            }
        ],
        body=f"{BOTH}\n\nWhat it costs\n\n{TOLL}",
    ),
    "trafilatura (JSON)": Export(
        "trafilatura.json",
        {
            "title": "Ferry aground",
            "author": None,
            "hostname": "gazette.example",
            "date": "2025-05-27",
            "fingerprint": "f00d",
            "id": None,
            "raw_text": f"{FERRY} {DREDGER}",
            "text": BOTH,
            "language": None,
            "source": URL,
            "source-hostname": "Ostrand Gazette",
            "excerpt": "A ferry.",
        },
    ),
    "trafilatura (CSV)": Export(
        "trafilatura.csv",
        "\t".join([URL, "null", "f00d", "gazette.example", "Ferry aground", "null", "2025-05-27", f'"{BOTH}"'])
        + "\tnull\tnull\tarticle\n",
        source="gazette.example",
    ),
    "Elasticsearch": Export(
        "elasticdump.json",
        "\n".join(
            json.dumps(
                {
                    "_index": "news",
                    "_id": f"n{number}",
                    "_score": 1,
                    "_source": {
                        "title": "Ferry aground",
                        "text": BOTH,
                        "date": "2025-05-27",
                        "url": URL,
                        "outlet": "Ostrand Gazette",
                    },
                }
            )
            for number in range(2)
        ),
        id="n0",
    ),
    "Elasticsearch (answer)": Export(
        "search.json",
        {
            "took": 3,
            "hits": {
                "total": {"value": 1},
                "hits": [
                    {
                        "_id": "n0",
                        "_source": {
                            "title": "Ferry aground",
                            "content": BOTH,
                            "@timestamp": "2025-05-27T08:00:00Z",
                            "url": URL,
                            "source": {"name": "Ostrand Gazette"},
                        },
                        "highlight": {"content": ["The <em>ferry</em> to Ostrand"]},
                    }
                ],
            },
            "aggregations": {"by": {"buckets": [{"key": "x", "text": "not news"}]}},
        },
        id="n0",
    ),
    "Elasticsearch (bulk)": Export(
        "bulk.ndjson",
        json.dumps({"index": {"_index": "news", "_id": "n0"}})
        + "\n"
        + json.dumps(
            {"title": "Ferry aground", "text": BOTH, "date": "2025-05-27", "url": URL, "outlet": "Ostrand Gazette"}
        )
        + "\n",
        id="n0",
    ),
    "Solr": Export(
        "solr.json",
        {
            "responseHeader": {"status": 0},
            "response": {
                "numFound": 1,
                "docs": [
                    {
                        "id": "s1",
                        "title": ["Ferry aground"],
                        "text": [FERRY, DREDGER],
                        "publish_date": ["2025-05-27T00:00:00Z"],
                        "url": [URL],
                        "source": ["Ostrand Gazette"],
                        "_version_": 1700000000000000001,
                    }
                ],
            },
            "highlighting": {"s1": {"text": ["The <em>ferry</em>"]}},
        },
        id="s1",
    ),
    "MongoDB": Export(
        "mongoexport.json",
        json.dumps(
            {
                "_id": {"$oid": "5f1a0c2e9d1e8a0017aa0001"},
                "headline": "Ferry aground",
                "body": BOTH,
                "published_at": {"$date": {"$numberLong": "1748332800000"}},
                "outlet": {"name": "Ostrand Gazette"},
                "url": URL,
                "views": {"$numberInt": "17"},
            }
        )
        + "\n",
        id="5f1a0c2e9d1e8a0017aa0001",
    ),
    "WordPress (REST)": Export(
        "posts.json",
        [
            {
                "id": 17,
                "date": "2025-05-27T10:00:00",
                "date_gmt": "2025-05-27T08:00:00",
                "guid": {"rendered": "https://gazette.example/?p=17"},
                "status": "publish",
                "type": "post",
                "link": URL,
                "title": {"rendered": "Ferry <em>aground</em>"},
                "content": {"rendered": HTML, "protected": False},
                "excerpt": {"rendered": "<p>The ferry&hellip;</p>", "protected": False},
                "yoast_head_json": {"og_site_name": "Ostrand Gazette"},
            },
            {"id": 19, "status": "publish", "content": {"rendered": "", "protected": True}},
            {"id": 18, "status": "draft", "title": {"rendered": "Not yet"}, "content": {"rendered": "<p>Not yet.</p>"}},
        ],
        source="gazette.example",
        id="17",
        says="was never published, or is no longer: its status is '",
    ),
    "Ghost": Export(
        "ghost.json",
        {
            "db": [
                {
                    "meta": {"version": "5.0"},
                    "data": {
                        "posts": [
                            {
                                "id": "64f0",
                                "uuid": "u-1",
                                "title": "Ferry aground",
                                "html": HTML,
                                "plaintext": BOTH,
                                "status": "published",
                                "published_at": "2025-05-27T08:00:00.000Z",
                                "canonical_url": URL,
                            },
                            {"id": "64f1", "title": "Not yet", "html": "<p>Not yet.</p>", "status": "draft"},
                        ],
                        "users": [{"id": "1", "name": "K. Oru", "bio": "Writes."}],
                        "tags": [{"id": "2", "name": "Ports", "description": "All about ports"}],
                    },
                }
            ]
        },
        source="gazette.example",
        id="64f0",
        says="its status is 'draft'",
    ),
    "Drupal (JSON:API)": Export(
        "drupal.json",
        {
            "jsonapi": {"version": "1.0"},
            "data": [
                {
                    "type": "node--article",
                    "id": "d-1",
                    "attributes": {
                        "drupal_internal__nid": 5,
                        "langcode": "en",
                        "status": True,
                        "title": "Ferry aground",
                        "created": "2025-05-27T08:00:00+00:00",
                        "body": {"value": HTML, "format": "basic_html", "processed": HTML, "summary": "A ferry."},
                    },
                    "relationships": {"uid": {"data": {"id": "u"}}},
                }
            ],
            "included": [{"type": "taxonomy", "attributes": {"name": "Ports", "body": "All about ports."}}],
        },
        source="",
        url="",
        id="d-1",
    ),
    "Drupal (REST)": Export(
        "drupal-rest.json",
        [
            {
                "nid": [{"value": 5}],
                "langcode": [{"value": "en"}],
                "title": [{"value": "Ferry aground"}],
                "status": [{"value": True}],
                "created": [{"value": "2025-05-27T08:00:00+00:00", "format": "Y-m-d\\TH:i:sP"}],
                "body": [{"value": HTML, "format": "basic_html", "processed": HTML, "summary": ""}],
            },
            {
                "nid": [{"value": 6}],
                "langcode": [{"value": "en"}],
                "title": [{"value": "Not yet"}],
                "status": [{"value": False}],
                "body": [{"value": "<p>Not yet.</p>"}],
            },
        ],
        source="",
        url="",
        id="5",
        says="its status is 'false'",
    ),
    "Airtable": Export(
        "airtable.json",
        {
            "records": [
                {
                    "id": "recA1",
                    "createdTime": "2025-05-28T00:00:00.000Z",
                    "fields": {
                        "Headline": "Ferry aground",
                        "Article Text": BOTH,
                        "Publication Date": "2025-05-27",
                        "Link": URL,
                        "Outlet": "Ostrand Gazette",
                    },
                }
            ],
            "offset": "x",
        },
        id="recA1",
    ),
    "Feedly": Export(
        "feedly.json",
        {
            "items": [
                {
                    "id": "feedly-1",
                    "title": "Ferry aground",
                    "content": {"content": HTML, "direction": "ltr"},
                    "summary": {"content": "A ferry."},
                    "published": 1748332800000,
                    "alternate": [{"href": URL, "type": "text/html"}],
                    "origin": {"title": "Ostrand Gazette", "htmlUrl": "https://gazette.example"},
                }
            ]
        },
        id="feedly-1",
    ),
    "Factiva": Export(
        "factiva.csv",
        table(
            ("AN", "HD", "PD", "SN", "LA", "LP", "TD"),
            ("GAZ-1", "Ferry aground", "27 May 2025", "Ostrand Gazette", "en", FERRY, DREDGER),
        ),
        url="",
        id="GAZ-1",
    ),
    "Nexis": Export(
        "nexis.csv",
        table(
            ("Headline", "Published\r\ndate", "Publication", "Hlead", "Body"),
            ("Ferry aground", "27 May 2025", "Ostrand Gazette", "A ferry.", BOTH),
            delimiter=";",
        ),
        url="",
    ),
    "ProQuest": Export(
        "proquest.csv",
        table(
            ("Title", "Abstract", "StoreId", "ArticleURL", "pubdate", "pubtitle", "language", "FullText"),
            ("Ferry aground", "A ferry.", "990", URL, "May 27, 2025", "Ostrand Gazette", "English", BOTH),
        ),
        id="990",
    ),
    "Dow Jones DNA": Export(
        "dna.csv",
        table(
            ("an", "title", "body", "publication_date", "source_name", "source_code", "language_code"),
            ("GAZ-2", "Ferry aground", BOTH, "1748332800000", "Ostrand Gazette", "GAZ", "en"),
        ),
        url="",
        id="GAZ-2",
    ),
    "JSON Feed": Export(
        "feed.json",
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Ostrand Gazette",
            "home_page_url": "https://gazette.example",
            "description": "News of the harbour",
            "language": "en",
            "items": [
                {
                    "id": URL,
                    "url": URL,
                    "title": "Ferry aground",
                    "content_html": HTML,
                    "summary": "A ferry.",
                    "date_published": "2025-05-27T08:00:00Z",
                    "date_modified": "2025-05-28T08:00:00Z",
                    "authors": [{"name": "K. Oru"}],
                }
            ],
        },
        id=URL,
    ),
    "pandas (records)": Export(
        "records.json",
        [{"title": "Ferry aground", "text": BOTH, "date": "2025-05-27", "url": URL, "source": "Ostrand Gazette"}],
    ),
    "pandas (columns)": Export(
        "columns.json",
        {
            "title": {"0": "Ferry aground", "1": "Toll"},
            "text": {"0": BOTH, "1": TOLL},
            "date": {"0": "2025-05-27", "1": None},
            "url": {"0": URL, "1": None},
            "source": {"0": "Ostrand Gazette", "1": None},
        },
    ),
    "pandas (index)": Export(
        "index.json",
        {
            "0": {
                "title": "Ferry aground",
                "text": BOTH,
                "date": "2025-05-27",
                "url": URL,
                "source": "Ostrand Gazette",
            },
            "1": {"title": "Toll", "text": TOLL, "date": None, "url": None, "source": None},
        },
    ),
    "pandas (split)": Export(
        "split.json",
        {
            "columns": ["title", "text", "date", "url", "source"],
            "index": [0],
            "data": [["Ferry aground", BOTH, "2025-05-27", URL, "Ostrand Gazette"]],
        },
    ),
    "pandas (table)": Export(
        "table.json",
        {
            "schema": {"fields": [{"name": "title", "type": "string"}, {"name": "text", "type": "string"}]},
            "data": [
                {
                    "index": 0,
                    "title": "Ferry aground",
                    "text": BOTH,
                    "date": "2025-05-27",
                    "url": URL,
                    "source": "Ostrand Gazette",
                }
            ],
        },
    ),
    "Telegram": Export(
        "result.json",
        {
            "name": "Ostrand Gazette",
            "type": "public_channel",
            "id": 9,
            "messages": [
                {"id": 1, "type": "service", "date": "2025-05-26T08:00:00", "action": "create_channel"},
                {
                    "id": 2,
                    "type": "message",
                    "date": "2025-05-27T08:00:00",
                    "text": [
                        "The ferry to ",
                        {"type": "bold", "text": "Ostrand"},
                        FERRY.removeprefix("The ferry to Ostrand"),
                    ],
                },
            ],
        },
        body=FERRY,
        title="",
        source="",
        url="",
        id="2",
        says="it has no text",
    ),
    "Arc": Export(
        "arc.json",
        {
            "content_elements": [
                {
                    "_id": "ARC1",
                    "type": "story",
                    "headlines": {"basic": "Ferry aground"},
                    "description": {"basic": "A ferry."},
                    "canonical_url": URL,
                    "display_date": "2025-05-27T08:00:00Z",
                    "content_elements": [
                        {"type": "text", "content": f"<p>{FERRY}</p>"},
                        {"type": "image", "caption": "The ferry", "content": "not text"},
                        {"type": "text", "content": DREDGER},
                    ],
                }
            ]
        },
        source="gazette.example",
        id="ARC1",
    ),
    "Contentful": Export(
        "contentful.json",
        {
            "items": [
                {
                    "sys": {"id": "c1", "createdAt": "2025-05-28T08:00:00Z"},
                    "fields": {
                        "title": "Ferry aground",
                        "publishDate": "2025-05-27",
                        "url": URL,
                        "body": {
                            "nodeType": "document",
                            "content": [
                                {
                                    "nodeType": "paragraph",
                                    "content": [
                                        {"nodeType": "text", "value": FERRY[:20], "marks": []},
                                        {
                                            "nodeType": "hyperlink",
                                            "content": [{"nodeType": "text", "value": FERRY[20:30]}],
                                            "data": {"uri": "https://x.example"},
                                        },
                                        {"nodeType": "text", "value": FERRY[30:]},
                                    ],
                                },
                                {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": DREDGER}]},
                            ],
                        },
                    },
                }
            ]
        },
        source="gazette.example",
        id="c1",
    ),
    "GraphQL": Export(
        "graphql.json",
        {
            "data": {
                "posts": {
                    "edges": [
                        {
                            "cursor": "x",
                            "node": {
                                "id": "g1",
                                "title": "Ferry aground",
                                "content": HTML,
                                "date": "2025-05-27T08:00:00",
                                "link": URL,
                                "publisher": {"name": "Ostrand Gazette"},
                            },
                        }
                    ]
                }
            }
        },
        id="g1",
    ),
    "schema.org": Export(
        "ld.json",
        {
            "@context": "https://schema.org",
            "@graph": [
                {
                    "@type": "NewsArticle",
                    "headline": "Ferry aground",
                    "articleBody": BOTH,
                    "datePublished": "2025-05-27T08:00:00Z",
                    "publisher": {"@type": "Organization", "name": "Ostrand Gazette"},
                    "inLanguage": "en",
                    "url": URL,
                }
            ],
        },
    ),
    "Firestore": Export(
        "firestore.json",
        {
            "documents": [
                {
                    "name": "projects/p/databases/d/documents/news/f1",
                    "fields": {
                        "title": {"stringValue": "Ferry aground"},
                        "text": {"stringValue": BOTH},
                        "date": {"timestampValue": "2025-05-27T08:00:00Z"},
                        "url": {"stringValue": URL},
                        "source": {"stringValue": "Ostrand Gazette"},
                    },
                }
            ]
        },
    ),
    "DynamoDB": Export(
        "dynamo.json",
        json.dumps(
            {
                "Item": {
                    "id": {"N": "12345678901234567890123"},
                    "title": {"S": "Ferry aground"},
                    "text": {"S": BOTH},
                    "date": {"S": "2025-05-27"},
                    "url": {"S": URL},
                    "source": {"S": "Ostrand Gazette"},
                }
            }
        ),
        id="12345678901234567890123",
    ),
    "Google Sheets": Export(
        "sheet.json",
        {
            "range": "A1:E2",
            "values": [
                ["Title", "Text", "Date", "URL", "Source"],
                ["Ferry aground", BOTH, "2025-05-27", URL, "Ostrand Gazette"],
            ],
        },
    ),
}


def read(tmp_path: Path, export: Export) -> tuple[list[Article], list[Notice]]:
    path = tmp_path / export.name
    text = export.content if isinstance(export.content, str) else json.dumps(export.content, ensure_ascii=False)
    path.write_bytes(text.encode())
    items = list(SourceFile(path, path.stem).items())
    return [each for each in items if isinstance(each, Article)], [each for each in items if isinstance(each, Notice)]


@pytest.mark.parametrize("tool", EXPORTS)
def test_export_of_a_tool_is_read_as_it_is(tmp_path: Path, tool: str) -> None:
    export = EXPORTS[tool]
    articles, notices = read(tmp_path, export)
    assert articles, notices
    first = articles[0]
    assert first.body == export.body
    assert (first.title, first.source, first.url) == (export.title, export.source, export.url)
    assert first.published is not None
    assert first.published.iso.startswith(export.published)
    assert first.language == export.language
    if export.id is not None:
        assert first.id == export.id
    assert [each.reason for each in notices if export.says not in each.reason or not export.says] == []
    assert bool(notices) == bool(export.says)


def test_page_on_exports_has_a_line_for_each_tool() -> None:
    page = (REPOSITORY / "docs" / "exports.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ([^|`]+?) \| [^|]+ \|$", page, re.MULTILINE)[1:] == list(EXPORTS)
