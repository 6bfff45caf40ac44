"""Induction: themes proposed from what customers say, for a person to take into the codebook.

What the codebook covers badly is clustered by itself first, at several grains; what is found again
over reseeds is proposed, with the words that set it apart, quotes, and the existing theme nearest
to it. Then the same over everything, where a proposal is a part of a theme that is there already. A
proposal is nothing until somebody takes it.

Source: see `cluster_stability`, `telling_words`, `statement_places`; quotes are chosen by maximal
marginal relevance (Carbonell & Goldstein, SIGIR 1998).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.preprocessing import normalize

from connu.understand.cluster_stability import DOUBTFUL, STABLE, clusters_of
from connu.understand.codebook import Codebook
from connu.understand.corpus import corpus_of
from connu.understand.coverage import TOLD, badly_covered
from connu.understand.encoder import Encoder
from connu.understand.masking import MASK, mask
from connu.understand.statement_places import Places, places_of
from connu.understand.telling_words import Said, TellingWord, telling_words, words_said

#: Statements that are learnt from at most.
LEARNT_ON = 20_000
#: Statements without which nothing is proposed, and without which a cluster is no theme.
FEWEST, LEAST_SIZE = 60, 12
#: Clusters at each grain at most.
GRAINS = (3, 6, 12, 24, 48)
#: A statement less like the middle of its cluster is not of it.
_MEMBER = 0.3
#: Clusters that share more of the smaller one are the same.
_SAME = 0.35
#: Clusters whose middles are so alike, a cosine, are one theme said in several ways.
_NEAR = 0.4
QUOTES = 5
_LONG_QUOTE, _SHORT_QUOTE = 160, 15


@dataclass(frozen=True)
class SaidStatements:
    """Statements, with what was told of them.

    Attributes:
        quotes: string (n,), masked.
        language: string (n,), «fr», «en» or null.
        verbatim: int64 (n,): of which verbatim each is.
        told: float32 (n, themes of the codebook): how probable each theme is, 0 where not told.
        status: int8 (n,): 1 met, -1 unmet, 0 neither.
    """

    quotes: pa.Array
    language: pa.Array
    verbatim: np.ndarray
    told: np.ndarray
    status: np.ndarray

    def __len__(self) -> int:
        return len(self.verbatim)

    def take(self, rows: np.ndarray) -> SaidStatements:
        """Some of them: int64 (m,)."""
        at = pa.array(rows)
        return SaidStatements(
            self.quotes.take(at), self.language.take(at), self.verbatim[rows], self.told[rows],
            self.status[rows],
        )  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A theme that is proposed.

    Attributes:
        name: of its first word; no theme of the codebook has it.
        dimension: of the nearest theme: a guess.
        covered: its statements have a theme already, so that it may be a part of one.
        words: that set it apart, the surest first.
        quotes: central, short and diverse, masked.
        statements, verbatims: how many, of those read.
        share: of the statements read, 0–1.
        met, unmet: statements.
        nearest: the theme most like it; likeness: a cosine, −1–1.
        within: of its statements, the share of which the nearest theme is told already.
        stability: 0–1, over reseeds.
    """

    name: str
    dimension: str
    covered: bool
    words: tuple[TellingWord, ...]
    quotes: tuple[str, ...]
    statements: int
    verbatims: int
    share: float
    met: int
    unmet: int
    nearest: str
    likeness: float
    within: float
    stability: float

    @property
    def stable(self) -> bool:
        """It is found again nearly whole; otherwise it is a pattern, with loose edges."""
        return self.stability >= STABLE


@dataclass(frozen=True)
class Induced:
    """What was proposed.

    Attributes:
        proposals: what is not covered first, then parts of themes; the stablest large ones first.
        read: statements that were clustered: a sample where there are very many.
        unstable: clusters left out as they were not found again.
        too_few: how many statements are lacking for a proposal; 0 where enough were read.
    """

    proposals: tuple[Proposal, ...]
    read: int
    unstable: int = 0
    too_few: int = 0


def induce_themes(
    codebook: Codebook,
    statements: SaidStatements,
    *,
    most: int = 12,
    encoder: Encoder | None = None,
    seed: int = 0,
) -> Induced:
    """Propose themes. The same statements and seed give the same proposals, whatever `most`.

    Args:
        codebook: what is there.
        statements: what was said.
        most: proposals at most.
        encoder: whose vectors say what is alike; the statements' own n-grams when None.
        seed: of all that is drawn.

    Cost: some 30 s from 20,000 statements on.
    """
    if len(statements) < FEWEST:
        return Induced((), len(statements), too_few=FEWEST - len(statements))
    statements = _sample(statements, seed)
    quotes = mask(statements.quotes)
    corpus = corpus_of(quotes, statements.language)
    said = words_said(corpus, statements.verbatim)
    asked, of = _theme_texts(codebook)
    places = places_of(corpus, asked, encoder=encoder, seed=seed)
    telling = (places.of != 0).any(axis=1)
    if not telling.any():
        return Induced((), len(statements))
    themes = _theme_places(codebook, statements, places, of)
    bad = badly_covered(codebook, statements.told)
    groups: list[tuple[np.ndarray, float, bool]] = []
    unstable = 0
    for part, covered in ((telling & bad, False), (telling & ~bad, True)):
        rows = np.flatnonzero(part)
        if len(rows) >= FEWEST:
            found, lost = _groups(places.of[rows], seed)
            unstable += lost
            groups += [(rows[members], stability, covered) for members, stability in found]
    proposals: list[Proposal] = []
    names = {*codebook.names, *codebook.migrations}
    for members, stability, covered in groups:
        made = _proposal(
            codebook, statements, said, places, themes, members, stability, covered, names
        )
        if made is not None and not _taken(codebook, made.words):
            names.add(made.name)
            proposals.append(made)
    return Induced(tuple(proposals[:most]), len(statements), unstable)


# ---------------------------------------------------------------------- within
def _sample(statements: SaidStatements, seed: int) -> SaidStatements:
    if len(statements) <= LEARNT_ON:
        return statements
    rng = np.random.default_rng(seed)
    return statements.take(np.sort(rng.choice(len(statements), LEARNT_ON, replace=False)))


def _theme_texts(codebook: Codebook) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Definitions, examples and seeds by language, and whose they are."""
    asked: list[tuple[str, str]] = []
    of: list[int] = []
    for number, theme in enumerate(codebook.themes):
        texts = [*theme.definition.items()]
        texts += [(lang, text) for lang, several in theme.examples.items() for text in several]
        texts += [(lang, " ".join(s).replace("*", "")) for lang, s in theme.seeds.items()]
        texts = texts or [("", theme.name.replace("_", " ").replace("-", " "))]
        asked += texts
        of += [number] * len(texts)
    return asked, np.array(of, np.int64)


def _theme_places(
    codebook: Codebook, statements: SaidStatements, places: Places, of: np.ndarray
) -> np.ndarray:
    """float32 (themes, width): where each theme lies: what is said of it, its own texts beside."""
    told = np.where(statements.told >= TOLD, statements.told, 0.0)
    spoken = normalize(told.T @ places.of)
    own = np.zeros((len(codebook.themes), places.of.shape[1]), np.float64)
    np.add.at(own, of, places.others)
    return np.asarray(normalize(2.0 * spoken + normalize(own)), np.float32)


def _groups(places: np.ndarray, seed: int) -> tuple[list[tuple[np.ndarray, float]], int]:
    """Clusters of all grains that are found again and do not overlap, and how many are not."""
    found: list[tuple[float, float, np.ndarray]] = []
    lost = 0
    for k in GRAINS:
        if k * LEAST_SIZE > len(places):
            break
        clusters = clusters_of(places, k, least=_MEMBER, seed=seed)
        for number in range(len(clusters)):
            members = np.flatnonzero(clusters.of == number)
            if len(members) < LEAST_SIZE:
                continue
            stability = float(clusters.stability[number])
            if stability < DOUBTFUL:
                lost += 1
                continue
            # Stable ones first; among these what is tight and says much.
            tight = float(clusters.likeness[members].mean())
            score = (
                (1.0 if stability >= STABLE else 0.5) * stability * tight * np.sqrt(len(members))
            )
            found.append((score, stability, members))
    chosen: list[tuple[np.ndarray, float]] = []
    for _, stability, members in sorted(found, key=lambda one: -one[0]):
        if not any(_overlap(members, other) > _SAME for other, _ in chosen):
            chosen.append((members, stability))
    return _joined(places, chosen), lost


def _joined(
    places: np.ndarray, groups: list[tuple[np.ndarray, float]]
) -> list[tuple[np.ndarray, float]]:
    """Groups that lie near each other as one: the same, said in several ways."""
    made: list[tuple[np.ndarray, float]] = []
    for members, stability in groups:
        centre = normalize(places[members].sum(0, keepdims=True))[0]
        for place, (others, before) in enumerate(made):
            beside = normalize(places[others].sum(0, keepdims=True))[0]
            if centre @ beside >= _NEAR:
                both = np.union1d(others, members)
                mean = (before * len(others) + stability * len(members)) / (
                    len(others) + len(members)
                )
                made[place] = (both, float(mean))
                break
        else:
            made.append((members, stability))
    return made


def _overlap(some: np.ndarray, others: np.ndarray) -> float:
    both = len(np.intersect1d(some, others, assume_unique=True))
    return both / min(len(some), len(others))


def _proposal(
    codebook: Codebook,
    statements: SaidStatements,
    said: Said,
    places: Places,
    themes: np.ndarray,
    members: np.ndarray,
    stability: float,
    covered: bool,
    names: set[str],
) -> Proposal | None:
    """A cluster as a proposal; None where no word sets it apart."""
    group = np.zeros(len(statements), np.bool_)
    group[members] = True
    words = telling_words(said, group)
    if not words:
        return None
    centre = normalize(places.of[members].sum(0, keepdims=True))[0]
    likeness = themes @ centre
    naming = np.array([not theme.general for theme in codebook.themes], np.bool_)
    nearest = int(np.where(naming | ~naming.any(), likeness, -2.0).argmax())
    theme = codebook.themes[nearest]
    return Proposal(
        name=_name(words, names),
        dimension=theme.dimension,
        covered=covered,
        words=tuple(words),
        quotes=tuple(representative_quotes(said.corpus.texts, places.of, members)),
        statements=len(members),
        verbatims=len(np.unique(statements.verbatim[members])),
        share=len(members) / len(statements),
        met=int((statements.status[members] > 0).sum()),
        unmet=int((statements.status[members] < 0).sum()),
        nearest=theme.name,
        likeness=float(likeness[nearest]),
        within=float((statements.told[members, nearest] >= TOLD).mean()),
        stability=stability,
    )


def representative_quotes(
    quotes: pa.Array, places: np.ndarray, members: np.ndarray, *, most: int = QUOTES
) -> list[str]:
    """Quotes that stand for a group: near its middle, short, and unlike each other.

    Args:
        quotes: string (n,), masked.
        places: float32 (n, width).
        members: int64 (m,): the group's.
        most: quotes.
    """
    if not len(members):
        return []
    texts = quotes.take(pa.array(members))
    lengths = pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False)
    masked = pc.fill_null(pc.match_substring(texts, MASK), False).to_numpy(zero_copy_only=False)
    own = places[members]
    centre = normalize(own.sum(0, keepdims=True))[0]
    worth = own @ centre
    worth -= 0.4 * (lengths > _LONG_QUOTE) + 0.3 * (lengths < _SHORT_QUOTE) + 0.2 * masked
    best = np.argsort(-worth, kind="stable")[: 40 * most]
    worth, own = worth[best], own[best]
    said = [" ".join((texts[int(row)].as_py() or "").split()) for row in best]
    open_to = np.array([bool(text) for text in said], np.bool_)
    like = np.zeros(len(best), np.float32)
    chosen: list[str] = []
    while len(chosen) < most and open_to.any():
        place = int(np.where(open_to, 0.6 * worth - 0.4 * like, -9.0).argmax())
        chosen.append(said[place])
        same = said[place].casefold()
        open_to &= np.array([text.casefold() != same for text in said], np.bool_)
        like = np.maximum(like, own @ own[place])
    return chosen


def _name(words: Iterable[TellingWord], taken: set[str]) -> str:
    """A name from words, that nothing has yet."""
    listed = [one.word.replace(" ", "_") for one in words]
    listed += [f"{listed[0]}_{number}" for number in range(2, 100)]
    return next(name for name in listed if name not in taken)


def _taken(codebook: Codebook, words: tuple[TellingWord, ...]) -> bool:
    """A theme has most of these words among its seeds: somebody took the proposal already."""
    wanted = {one.word for one in words}
    return any(
        2 * len(wanted & {seed for seeds in theme.seeds.values() for seed in seeds}) > len(wanted)
        for theme in codebook.themes
    )
