"""Write the sample of passages whose keyword scores stand for those of a whole language."""

from collections.abc import Mapping
from pathlib import Path

from indexer.generations.layout import GenerationLayout
from indexer.keywords.index import KeywordIndex
from indexer.keywords.placement import Placement
from indexer.keywords.sample_writer import write_sample
from indexer.storage.columns import Columns
from indexer.storage.tables import Tables


def sample_keywords(folder: Path, fits: Mapping[str, float]) -> None:
    """Write the sample of the generation in a folder, whose other files are written.

    ``fits`` says how well the encoder knows each language, 0 to 1.
    """
    files = GenerationLayout(folder)
    indexes = KeywordIndex(files.keywords.passages), KeywordIndex(files.keywords.articles)
    columns = Columns(files.columns, Tables(files.tables).articles.column("id"))
    spoken = {language: columns.in_language(number) for number, language in enumerate(columns.languages)}
    write_sample(files.keyword_sample, indexes, Placement.of(columns), spoken, fits)
