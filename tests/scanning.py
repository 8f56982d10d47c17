"""A generation of a few passages whose candidates are looked for as in one of many."""

from dataclasses import replace

from indexer.generations.generation import Generation
from indexer.vectors.faiss_index import VectorIndex
from indexer.vectors.local import LocalVectors
from indexer.vectors.nomination.index import NominationIndex


def scanning(generation: Generation, exact_up_to: int = 0) -> Generation:
    """Return a generation that searches its nomination index even where only so many passages are in scope."""
    files = generation.layout
    nominations = NominationIndex.open(files.nominations, exact_up_to)
    return replace(generation, vectors=LocalVectors(VectorIndex(files.vectors), nominations))
