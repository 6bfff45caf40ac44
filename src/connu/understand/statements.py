"""Statements: what texts are cut into, with the tone and the form of each.

The cut asks the codebook's seeds what clauses speak of, so that «easy to use and good prices» are two
statements and «easy and quick to use» is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.understand.corpus import Corpus
from connu.understand.evidence import Evidence
from connu.understand.forms import Forms, forms_of
from connu.understand.joining import Statements, join_clauses
from connu.understand.tone import tone_of


@dataclass(frozen=True)
class Cut:
    """Texts, cut.

    Attributes:
        statements: where they stand.
        clause_seeds: float32 (clauses, themes): seeds in each clause.
        tone: float32 (statements, 2): contentment, discontent.
        forms: of the statements.
        language: int8 (statements,): of its text.
    """

    statements: Statements
    clause_seeds: np.ndarray
    tone: np.ndarray
    forms: Forms
    language: np.ndarray


def cut_texts(evidence: Evidence, corpus: Corpus) -> Cut:
    """Cut texts. About 40 µs a text of 130 signs.

    Args:
        evidence: whose seeds say what clauses speak of.
        corpus: the texts.
    """
    clauses = corpus.clauses
    _, seeds = evidence.seeds_in(corpus, clauses)
    spoken = corpus.language[clauses.text]
    tone = tone_of(corpus.folded, corpus.tokens, clauses, spoken)
    general = np.array([theme.general for theme in evidence.codebook.themes], np.bool_)
    ranked = seeds - np.where(general, 0.5, 0.0).astype(np.float32) * (seeds > 0)
    theme = np.where(seeds.any(1), ranked.argmax(1), -1) if seeds.size else np.zeros(0)
    statements = join_clauses(clauses, theme, np.sign(tone[:, 0] - tone[:, 1]))
    together = np.zeros((len(statements), 2), np.float32)
    np.add.at(together, statements.of, tone)
    language = corpus.language[statements.text]
    forms = forms_of(corpus.folded.strings(statements.start, statements.end), language)
    return Cut(statements, seeds, together, forms, language)
