"""Values that several records hold, with what the API's documentation says of them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema, NonNegativeInt

from indexer.article import Span


class SpanOut(BaseModel):
    """A half-open range of code points."""

    model_config = ConfigDict(from_attributes=True)

    start: NonNegativeInt
    end: NonNegativeInt


SpanValue = Annotated[Span, GetPydanticSchema(lambda _, schema_of: schema_of(SpanOut))]
"""A span whose JSON is an object. Pydantic would write a named tuple as a list."""
Start = Annotated[NonNegativeInt, Field(description="Where the passage starts in the article's body, in code points.")]
End = Annotated[NonNegativeInt, Field(description="Where it ends: body[start:end] is text.")]
HeadingEnd = Annotated[NonNegativeInt, Field(description="text[:heading_end] is a sub-heading; 0 when there is none.")]
Sentences = Annotated[tuple[SpanValue, ...], Field(description="Offsets of the sentences in text.")]
PassageLanguage = Annotated[str, Field(description="Its article's, unless somebody is quoted in another.")]
Opening = Annotated[str, Field(description="The first words of the article.")]
PublishedText = Annotated[str | None, Field(description="ISO 8601 at the precision it came with: 2025-05 is a month.")]
UpdatedText = Annotated[str | None, Field(description="When the text was last changed, if the source says so.")]
