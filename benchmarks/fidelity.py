"""Check that the fast implementations of the embedded encoder give the same vectors as the published network.

    python benchmarks/fidelity.py [--json] [--quick] [--dtype float32|bfloat16]

The reference is the published network in float32 as a torch module. Cosines are measured on 2,000 news passages in the
encoder's languages (ntrex_headline30, or seeds/ if it is missing) and on unusual texts. nDCG@10 is measured on
questions about paragraphs in the same language (xquadr_paragraph, 8 languages); it is skipped if the data is missing.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import torch
from figures import Figures, figure, print_figures
from news import DATA, multilingual_passages, read_records
from numpy.typing import NDArray

from indexer.encoders.embedded import LANGUAGES, EmbeddedEncoder
from indexer.encoders.protocol import Vectors
from indexer.encoders.use.device import DeviceNetwork
from indexer.encoders.use.prepared import open_prepared
from indexer.encoders.use.tokens import Tokenizer

ODD = [
    "", "   ", "😀", "a", "\x00\x01\x02", "x" * 50_000, "привет мир こんにちは hello", "e\u0301\u0301", "\u200f\u202e",
    "\n\r\n", "臺灣的選舉結果出爐。", "F-35", "١٢٣", "👩‍👩‍👧", "\ufeff", "word " * 5000,
]  # fmt: skip
XQUAD = DATA / "xquadr_paragraph"
Encode = Callable[[Sequence[str]], Vectors]


def published() -> Encode:
    """Return ``encode`` of the published network."""
    weights = open_prepared()
    network, tokens = DeviceNetwork(weights, torch.device("cpu")), Tokenizer(weights.tokenizer)

    def encode(texts: Sequence[str]) -> Vectors:
        parts = [network.encode(*tokens.flat(texts[start : start + 16])) for start in range(0, len(texts), 16)]
        return np.concatenate(parts)

    return encode


def cosine(left: Vectors, right: Vectors) -> float:
    """Return the lowest cosine between corresponding rows."""
    return float((left.astype(np.float64) * right).sum(axis=1).min())


def cosines(fast: EmbeddedEncoder, reference: Encode, count: int) -> Figures:
    """Return the cosines to the reference of passages and queries, and of one text encoded alone and among others."""
    texts = multilingual_passages(LANGUAGES)
    random.Random(0).shuffle(texts)
    texts = texts[:count] + ODD
    passages, wanted = fast.encode_passages(texts), reference(texts)
    queries = np.concatenate([fast.encode_queries([text]) for text in texts[-count // 4 :]])
    alone = np.concatenate([fast.encode_passages([text]) for text in texts[-count // 8 :]])
    backwards = fast.encode_passages(texts[::-1])[::-1]
    return {
        "cosine, passages": figure(cosine(passages, wanted), 0.9995, "higher", f"lowest of {len(texts)} texts"),
        "cosine, queries": figure(
            cosine(queries, wanted[-count // 4 :]), 0.9995, "higher", f"lowest of {len(queries)} texts"
        ),
        "cosine, alone": figure(cosine(alone, passages[-count // 8 :]), 0.99999, "higher", "against among others"),
        "cosine, in other order": figure(cosine(backwards, passages), 0.99999, "higher", "last text first"),
    }


def ndcg(paragraphs: Vectors, queries: Vectors, relevant: NDArray[np.int64]) -> float:
    """Return the mean nDCG@10. Each query has one relevant paragraph."""
    scores = queries @ paragraphs.T
    own = np.take_along_axis(scores, relevant[:, None], axis=1)
    rank = (scores > own).sum(axis=1)
    return float(np.where(rank < 10, 1 / np.log2(rank + 2.0), 0).mean())


def retrieval(fast: EmbeddedEncoder, reference: Encode, every: int) -> Figures:
    """Return nDCG@10 of both encoders, and how many rankings differ."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for record in read_records(XQUAD / "corpus.jsonl.gz"):
        texts[record["language"]][record["_id"]] = record["text"]
    questions = {record["_id"]: record for record in read_records(XQUAD / "queries.jsonl.gz")}
    rows = (XQUAD / "qrels_same_language.tsv").read_text().splitlines()[1:]
    pairs = [(query, paragraph) for query, paragraph, _ in (row.split("\t") for row in rows)]
    found: dict[str, list[float]] = {"fast": [], "reference": []}
    changed = total = 0
    for language in sorted(LANGUAGES & set(texts)):
        ids = list(texts[language])
        asked = [(query, ids.index(one)) for query, one in pairs if questions[query]["language"] == language][::every]
        relevant = np.array([place for _, place in asked])
        wording = [questions[query]["text"] for query, _ in asked]
        tops = []
        for name, passages, queries in (
            ("fast", fast.encode_passages, fast.encode_passages),
            ("reference", reference, reference),
        ):
            paragraphs, vectors = passages(list(texts[language].values())), queries(wording)
            found[name].append(ndcg(paragraphs, vectors, relevant))
            tops.append(np.argsort(-(vectors @ paragraphs.T), axis=1, kind="stable")[:, :10])
        changed += int((tops[0] != tops[1]).any(axis=1).sum())
        total += len(asked)
    fast_score, reference_score = float(np.mean(found["fast"])), float(np.mean(found["reference"]))
    return {
        "nDCG@10, fast": figure(fast_score, None, "higher", f"{total} questions, {len(found['fast'])} languages"),
        "nDCG@10, reference": figure(reference_score, None, "higher", "the published network"),
        "nDCG@10, difference": figure(abs(fast_score - reference_score), 0.002, "lower", "of the two"),
        "first tens in another order": figure(changed, None, "lower", f"of {total}"),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--quick", action="store_true", help="fewer texts: within a minute")
    parser.add_argument("--dtype", default="", help="what the fast path multiplies in; the processor's best")
    arguments = parser.parse_args()
    fast, reference = EmbeddedEncoder(device="cpu", dtype=arguments.dtype), published()
    figures = cosines(fast, reference, 200 if arguments.quick else 2000)
    if XQUAD.exists():
        figures |= retrieval(fast, reference, 20 if arguments.quick else 1)
    print_figures(figures, f"embedded encoder, {arguments.dtype or 'the best dtype here'}", arguments.json)


if __name__ == "__main__":
    main()
