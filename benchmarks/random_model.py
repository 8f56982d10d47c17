"""Create sentence-transformers models with random weights and a tokenizer trained on given texts."""

from collections.abc import Iterable
from pathlib import Path

import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForSequenceClassification, BertModel, PreTrainedTokenizerFast

PROMPTS = {"query": "query: ", "document": "passage: "}


def build_model(folder: Path, texts: Iterable[str], config: BertConfig, max_tokens: int) -> Path:
    """Save a BERT model of this shape with mean pooling into a folder and return it. ``max_tokens`` is its limit."""
    torch.manual_seed(7)
    hub = folder / "hub"
    BertModel(config).save_pretrained(hub)
    _tokenizer(texts, config.vocab_size).save_pretrained(hub)
    transformer = Transformer(str(hub), max_seq_length=max_tokens)
    model = SentenceTransformer(modules=[transformer, Pooling(config.hidden_size)], prompts=PROMPTS, device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"


def build_cross_encoder(folder: Path, texts: Iterable[str], config: BertConfig, max_tokens: int) -> Path:
    """Save a BERT classifier of this shape with ``config.num_labels`` labels into a folder and return it."""
    torch.manual_seed(7)
    hub = folder / "hub"
    BertForSequenceClassification(config).save_pretrained(hub)
    _tokenizer(texts, config.vocab_size).save_pretrained(hub)
    CrossEncoder(str(hub), max_length=max_tokens, device="cpu").save(str(folder / "model"))
    return folder / "model"


def _tokenizer(texts: Iterable[str], vocabulary: int) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary, limit_alphabet=vocabulary // 2, special_tokens=special, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)  # type: ignore[no-untyped-call]
