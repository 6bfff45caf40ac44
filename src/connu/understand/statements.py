"""Statements: what texts are cut into, with the tone and the form of each.

The cut asks the codebook's seeds what clauses speak of, so that «easy to use and good prices» are
two statements and «easy and quick to use» is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.understand.corpus import Corpus
from connu.understand.cutting import Clauses
from connu.understand.evidence import Evidence
from connu.understand.forms import Forms, forms_of
from connu.understand.joining import Statements, join_clauses
from connu.understand.run_ons import part_run_ons
from connu.understand.tone import signs_of, tone_of


@dataclass(frozen=True)
class Cut:
    """Texts, cut.

    Attributes:
        statements: where they stand.
        clause_seeds: float32 (clauses, themes): seeds in each clause.
        tone: float32 (statements, 2): contentment, discontent.
        judging, content: int32 (statements,): words that judge, and words of some length.
        forms: of the statements.
        language: int8 (statements,): of its text.
    """

    statements: Statements
    clause_seeds: np.ndarray
    tone: np.ndarray
    judging: np.ndarray
    content: np.ndarray
    forms: Forms
    language: np.ndarray


def cut_texts(evidence: Evidence, corpus: Corpus) -> Cut:
    """Cut texts. About 40 µs a text of 130 signs.

    Args:
        evidence: whose seeds say what clauses speak of.
        corpus: the texts.
    """
    general = np.array([theme.general for theme in evidence.codebook.themes], np.bool_)
    clauses = _without_run_ons(evidence, corpus, general)
    _, seeds = evidence.seeds_in(corpus, clauses)
    spoken = corpus.language[clauses.text]
    tone = tone_of(corpus.folded, corpus.tokens, clauses, spoken)
    ranked = seeds - np.where(general, 0.5, 0.0).astype(np.float32) * (seeds > 0)
    theme = np.where(seeds.any(1), ranked.argmax(1), -1) if seeds.size else np.zeros(0)
    felt = np.sign(tone.felt[:, 0] - tone.felt[:, 1])
    statements = join_clauses(clauses, theme, felt)
    n, of = len(statements), statements.of
    together = np.zeros((n, 2), np.float32)
    np.add.at(together, of, tone.felt)
    language = corpus.language[statements.text]
    forms = forms_of(corpus.folded.strings(statements.start, statements.end), language)
    return Cut(
        statements, seeds, together, _summed(tone.judging, of, n), _summed(tone.content, of, n),
        forms, language,
    )  # fmt: skip


def _without_run_ons(evidence: Evidence, corpus: Corpus, general: np.ndarray) -> Clauses:
    """The corpus's clauses, parted where two things are said in one breath."""
    clauses = corpus.clauses
    hits, _ = evidence.seeds_in(corpus, clauses)
    theme = np.full(len(corpus.tokens.hash), -1, np.int32)
    theme[hits.token] = evidence.seeds.of[hits.term]
    spoken = corpus.language[clauses.text]
    sign, within = signs_of(corpus.folded, corpus.tokens, clauses, spoken)
    for further in range(1, int(hits.words.max(initial=1))):
        within[hits.token[hits.words > further] + further] = True
    return part_run_ons(clauses, corpus.tokens, theme, sign, within, general)


def _summed(counted: np.ndarray, of: np.ndarray, n: int) -> np.ndarray:
    """int64 (n,): counts of clauses, by statement."""
    return np.bincount(of, counted, minlength=n).astype(np.int64)
