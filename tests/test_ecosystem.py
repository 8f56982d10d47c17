"""The embedded encoder inside sentence-transformers: evaluated and trained with the library's own tools."""

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from indexer.encoders.use.module import UniversalSentenceEncoder

CORPUS = {
    "ferry": "The ferry ran aground in fog; all 412 passengers were rescued.",
    "bank": "Der Zentralbankrat erhöhte den Leitzins auf 9,25 Prozent.",
    "typhoon": "台风袭击港口城市，二十四万人撤离。",
    "strike": "La profesora convocó una huelga de tres semanas.",
    "rice": "ราคาข้าวพุ่งสูงสุดในรอบยี่สิบปี",
}
QUERIES = {
    "ferry": "Yolcular gemiden nasıl kurtarıldı?",
    "bank": "A quel niveau la banque centrale a-t-elle relevé son taux directeur ?",
    "typhoon": "How many people fled from the storm?",
    "strike": "Как долго продлится забастовка учителей?",
    "rice": "米の価格はどうなったか",
}


@pytest.fixture
def model() -> SentenceTransformer:
    return SentenceTransformer(modules=[UniversalSentenceEncoder.from_package()], device="cpu")


def test_the_librarys_evaluator_finds_each_passage_across_languages(model: SentenceTransformer) -> None:
    from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator

    evaluator = InformationRetrievalEvaluator(QUERIES, CORPUS, {name: {name} for name in QUERIES}, ndcg_at_k=[10])
    right = evaluator(model)
    assert right["cosine_ndcg@10"] == pytest.approx(1.0)
    assert right["cosine_accuracy@1"] == 1.0
    wrong = InformationRetrievalEvaluator(QUERIES, CORPUS, {name: {"rice"} for name in QUERIES}, ndcg_at_k=[10])
    assert wrong(model)["cosine_accuracy@1"] == pytest.approx(0.2)


def test_one_step_of_the_librarys_trainer_lowers_the_loss(model: SentenceTransformer, tmp_path: Path) -> None:
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    pairs = Dataset.from_dict({"anchor": list(QUERIES.values()), "positive": [CORPUS[name] for name in QUERIES]})
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=5, learning_rate=1e-3, report_to="none",
        save_strategy="no", disable_tqdm=True, use_cpu=True, dataloader_pin_memory=False,
    )  # fmt: skip
    loss = MultipleNegativesRankingLoss(model)
    before, weights = _similarity(model), model[0].project.weight.detach().clone()
    SentenceTransformerTrainer(model=model, args=arguments, train_dataset=pairs, loss=loss).train()
    assert not np.array_equal(model[0].project.weight.detach().numpy(), weights.numpy())
    assert _loss(_similarity(model)) < _loss(before)


def _similarity(model: SentenceTransformer) -> np.ndarray:
    queries, passages = model.encode(list(QUERIES.values())), model.encode([CORPUS[name] for name in QUERIES])
    return np.asarray(queries @ passages.T)


def _loss(similarity: np.ndarray) -> float:
    """What the trainer minimises: how little of the likelihood goes to each query's own passage, at scale 20."""
    likelihood = np.exp(20 * similarity)
    return float(-np.log(np.diag(likelihood) / likelihood.sum(axis=1)).mean())
