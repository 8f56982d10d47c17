"""What exports of blogs say of an item besides what other feeds say.

WordPress writes RSS (WXR) and Blogger Atom, each with fields of its own, and both write out more than was published.
"""

from collections.abc import Mapping
from typing import Any

_STATES = {
    "draft": "drafts",
    "auto-draft": "drafts",
    "pending": "waiting for review",
    "future": "scheduled",
    "scheduled": "scheduled",
    "private": "private",
    "trash": "binned",
    "soft_trashed": "binned",
    "inherit": "revisions",
}
"""What an item is by its status."""
_PUBLISHED = {"", "publish", "live"}
_PARTS = "parts of the site"
_KINDS = {
    "attachment": "attachments",
    "revision": "revisions",
    "comment": "comments",
    "nav_menu_item": "menu items",
    **dict.fromkeys(
        [
            "settings", "template", "custom_css", "customize_changeset", "oembed_cache", "user_request", "wp_block",
            "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation", "wp_font_family", "wp_font_face",
            "acf-field", "acf-field-group", "acf-post-type", "acf-taxonomy", "elementor_library", "elementor_snippet",
            "et_pb_layout", "wpcf7_contact_form", "wpforms", "mc4wp-form", "feedback",
        ],
        _PARTS,
    ),
}  # fmt: skip
"""What an item is by its kind; pages are articles, since many sites publish their reports as pages."""
_BLOGGER_KIND = "http://schemas.google.com/g/2005#kind"
_UNSET = "0000-00-00"


def kept_back(item: Mapping[str, Any]) -> str:
    """Return what an item is, if it never was published as an article; else, and in other feeds, an empty text."""
    if kind := _KINDS.get(_plain(item, "wp_post_type") or _plain(item, "blogger_type") or _kind_by_tag(item)):
        return kind
    status = _plain(item, "wp_status") or _plain(item, "blogger_status")
    if status not in _PUBLISHED:
        return _STATES.get(status, f"of status {status[:20]}")
    if _plain(item, "app_draft") == "yes":
        return _STATES["draft"]
    return "protected by a password" if _plain(item, "wp_post_password") else ""


def modified(item: Mapping[str, Any]) -> str:
    """Return when an item of WordPress was last changed, in UTC; empty if it does not say."""
    time = _plain(item, "wp_post_modified_gmt")
    return "" if not time or time.startswith(_UNSET) else f"{time.replace(' ', 'T')}Z"


def _kind_by_tag(item: Mapping[str, Any]) -> str:
    tags = (tag for tag in item.get("tags") or () if tag.get("scheme") == _BLOGGER_KIND)
    return next((str(tag.get("term")).rpartition("#")[2] for tag in tags), "")


def _plain(item: Mapping[str, Any], name: str) -> str:
    return str(item.get(name) or "").strip().casefold()
