"""Opens a searcher: the current generation of an index, and the encoder that it was built with."""

from pathlib import Path

from indexer.encoders.choose import open_encoder
from indexer.encoders.cross_encoder import open_reranker
from indexer.encoders.options import canonical_name
from indexer.encoders.protocol import Encoder
from indexer.errors import EncoderMismatchError
from indexer.generations.manifest import EncoderRecord
from indexer.generations.store import open_current
from search_api.search.relevant import DEPTH
from search_api.search.searcher import IndexSearcher


def open_searcher(
    index: Path, encoder: str = "", device: str = "", reranker: str = "", depth: int = DEPTH
) -> IndexSearcher:
    """Open the current generation of an index, with the encoder that it was built with.

    Args:
        index: Folder of the index.
        encoder: Name of the encoder with which the index must have been built; empty: any.
        device: Device of the encoder and the reranker; empty: the best one available.
        reranker: Name or folder of a cross encoder; empty: none.
        depth: How many passages each way of searching looks at, at most, unless a query says otherwise.

    Raises:
        IndexUnavailableError: There is no index, or it cannot be used.
        EncoderError: The encoder or the reranker cannot be loaded.
    """
    generation = open_current(index)
    opened = open_encoder_of(generation.manifest.encoder, encoder, device)
    return IndexSearcher(generation, opened, open_reranker(reranker, device) if reranker else None, depth=depth)


def open_encoder_of(record: EncoderRecord, wanted: str = "", device: str = "") -> Encoder:
    """Open the encoder that a manifest records.

    Raises:
        EncoderMismatchError: Another one is wanted, or it has changed since; the message has both names.
    """
    if wanted and canonical_name(wanted) != record.name:
        raise EncoderMismatchError(
            f"the index was built with the encoder {record.name}, and {canonical_name(wanted)} is asked for",
            f"drop --encoder and DATELINE_ENCODER, or run rebuild-index --encoder {wanted}",
        )
    encoder = open_encoder(record.name, record.options(device))
    if encoder.identity != record.identity:
        raise EncoderMismatchError(
            f"the index was built with {record.identity}, and the encoder is now {encoder.identity}",
            f"run {record.command}",
        )
    return encoder
