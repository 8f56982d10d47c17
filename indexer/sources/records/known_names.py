"""The names that exports of news use for the fields of an article, and for what they put around them.

Names are compared without case and punctuation: ``articleBody``, ``article_body`` and ``Article Body`` are one name. A
name with a dot is a path into an object. The most trusted name of each field comes first.
"""

KNOWN = {
    "id": (
        "id", "_id", "article_id", "doc_id", "document_id", "guid", "uuid", "uri", "identifier", "post_id", "story_id",
        "stories_id", "nid", "accession_number", "an", "store_id", "proquest_document_id", "@id",
    ),
    "title": (
        "title", "headline", "head", "headlines", "web_title", "post_title", "title_full", "article_title",
        "news_title", "title_page", "story_title", "hd", "subject", "name",
    ),
    "published": (
        "published", "date_published", "published_at", "published_gmt", "first_published_at",
        "first_publication_date", "web_publication_date", "publishing_date", "publish_date", "date_publish",
        "publication_date", "publication_datetime", "pub_date", "pubdate", "published_date", "published_time",
        "published_on", "published_datetime", "published_utc", "publish_time", "publish_at", "date_time_pub",
        "date_time", "datetime", "date_gmt", "post_date_gmt", "post_date", "article_date", "story_date", "news_date",
        "release_date", "issue_date", "issued", "display_date", "seen_date", "pd", "date", "load_date", "timestamp",
        "time_published", "time", "created_at", "created", "created_time", "created_utc", "date_created",
    ),
    "updated": (
        "updated", "updated_at", "date_updated", "updated_date", "update_date", "updated_time", "last_updated",
        "modified_gmt", "post_modified_gmt", "modified", "modified_at", "date_modified", "date_modify", "modified_date",
        "modified_time", "post_modified", "last_modified", "last_modified_date", "lastmod", "changed", "date_changed",
        "updated_time", "edited", "last_edited", "revised", "revision_date", "update_time", "last_updated_date",
        "last_publication_date",
    ),
    "retrieved": (
        "retrieved", "retrieved_at", "date_download", "download_date", "downloaded_at", "crawled_at", "date_crawled",
        "crawl_date", "crawled", "scraped_at", "date_scraped", "scrape_date", "fetched_at", "collected_at",
        "captured_at", "html.crawl_date", "indexed_date", "added_at", "add_date",
    ),
    "language": (
        "language", "lang", "language_code", "lang_code", "langcode", "in_language", "locale", "source_language",
        "detected_language", "article_language", "human_language", "la",
    ),
    "source": (
        "source", "outlet", "publisher", "source_name", "source_title", "publication", "publication_name",
        "publication_title", "pubtitle", "container_title", "newspaper", "media_name", "medium", "site_name",
        "sitename", "site_title", "provider", "brand", "agency", "source_common_name", "source_hostname",
        "source_domain", "domain", "site", "hostname", "clean_url", "website", "site_full", "sn", "source_id",
        "feed_title", "feed", "origin", "source_url", "source_rss", "media_url",
    ),
    "url": (
        "url", "link", "web_url", "canonical_url", "permalink", "article_url", "original_url", "final_url",
        "resolved_url", "url_full", "page_url", "full_url", "document_url", "documenturl", "document_identifier",
        "external_url", "article_link", "uri", "html.requested_url", "html.responded_url", "href", "guid",
        "share_url", "story_permalink", "links.permalink", "canonical", "alternate", "self_url",
    ),
}  # fmt: skip
"""The known names of each field except the text."""
TEXTS = (
    "full_text", "text", "body", "maintext", "main_text", "article_body", "body_text", "content", "content_text",
    "article", "article_text", "text_content", "cleaned_text", "clean_text", "news_text", "story_text", "post_text",
    "article_content", "full_content", "news_content", "plain_text", "plaintext", "body_plain", "content_elements",
    "paragraphs", "sections", "post_content", "content_html", "body_html", "html_body", "html", "selftext",
    "raw_text", "lexical", "content_encoded", "story_content", "story", "contents", "document",
)  # fmt: skip
"""Names of a text that is the article."""
HTML_TEXTS = frozenset(["content_html", "body_html", "html_body", "html", "raw_text"])
"""Names of texts that are never taken for more complete than one of another name: they hold a whole page."""
TEASERS = (
    ("abstract", "lead_paragraph"), ("description",), ("summary",), ("full_description",), ("lead",), ("standfirst",),
    ("trail_text",), ("snippet",), ("excerpt",), ("teaser",), ("hlead",), ("intro",), ("dek",), ("nut_graph",),
)  # fmt: skip
"""Names of texts that are about the article, taken where it has no other; those in one group follow one another."""
SPLIT_TEXTS = (("lp", "td"),)
"""Names of texts that are one article together: lead paragraph and further text of Factiva."""
ENVELOPES = frozenset([
    "fields", "data", "attributes", "node", "article", "document", "doc", "properties", "item", "record", "post",
    "story", "entry", "thread", "metadata", "meta", "content", "json", "news", "payload", "result", "object", "sys",
])  # fmt: skip
"""Names of objects in a record that hold its fields."""
ELASTIC_ENVELOPE = "_source"
"""The same in Elasticsearch; compared to the letter, because ``source`` is an outlet."""
NOT_THE_ARTICLE = frozenset([
    "comments", "replies", "responses", "related", "related_articles", "related_content", "recommendations",
    "authors", "author", "byline", "bylines", "creators", "tags", "categories", "category", "topics", "keywords",
    "concepts", "entities", "media", "multimedia", "images", "image", "photos", "videos", "video", "gallery",
    "attachments", "highlight", "highlighting", "aggregations", "facets", "facet_counts", "facet_fields", "included",
    "schema", "links", "_links", "users", "sources", "widgets",
])  # fmt: skip
"""Names of what lies in or beside articles, and may hold texts, but is none."""
LISTS = frozenset(
    ["articles", "items", "results", "data", "documents", "docs", "hits", "news", "stories", "entries", "posts"]
)
"""Names of lists of articles."""
UNPUBLISHED = frozenset([
    "draft", "auto-draft", "trash", "trashed", "private", "pending", "inherit", "scheduled", "future", "deleted",
    "unpublished",
])  # fmt: skip
"""States of what was never published, or is no longer."""
STATES = ("status", "post_status", "workflow_state", "moderation_state")
