"""What ``/articles`` and ``/verify`` are asked."""

from pydantic import BaseModel, ConfigDict, Field

from search_api.choices import Sort
from search_api.query import Listed, make_listed
from search_api.service.cursors import Cursor
from search_api.service.requests.options import ListOptions

MAX_QUOTE = 2_000
"""The longest quotation in characters."""


class ListParameters(ListOptions):
    """The query string of ``GET /articles``."""

    sort: Sort = Field(Sort.NEWEST, description="newest or oldest.")

    def to_listed(self, cursor: Cursor | None = None) -> Listed:
        """Return what is to be listed.

        Raises:
            QueryError: An option cannot be listed with.
        """
        return make_listed(sort=self.sort, **self.page_options(), **self.filter_options(cursor))


class VerifyRequest(BaseModel):
    """The body of ``POST /verify``."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"quote": "The ferry will sail again on Monday, he said."}]}
    )

    quote: str = Field(min_length=1, max_length=MAX_QUOTE, description="The quotation, without quotation marks.")
    article_id: str = Field("", max_length=10_000, description="Look in this article alone; empty: anywhere.")
