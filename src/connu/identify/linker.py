"""Linking: which records are one person, with what evidence.

Reads `normal` and `identifiers`; makes `clusters`, `links`, `undecided`, and `pairs`: the evidence
kept for the next build. Under the model of a last build whose tables are at hand only new and
changed records are compared (see previous). Deterministic: the same
records give the same clusters, whatever their order in the sources.

In order: generic identifiers are forgotten; candidates are found by the rare things records share;
pairs are compared by field, weights learnt (or taken from the model), every pair scored in bits;
friends of friends are scored too; shared identifiers and people's own decisions make groups; and
average link makes the clusters. Pairs in doubt are reported, not merged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.identify import previous
from connu.identify.calibration import Calibration
from connu.identify.candidates import find_candidates
from connu.identify.cluster import ABSENT_BITS, average_link
from connu.identify.compare import Comparison, fields_of, shares_identifier
from connu.identify.encoding import Records, encode_records
from connu.identify.groups import AT_ONCE_BITS, group
from connu.identify.holders import holder_pairs
from connu.identify.junk import forget_generic
from connu.identify.link_tables import PairWriter, write_links
from connu.identify.model import LinkModel
from connu.identify.neighbours import friends_of_friends
from connu.identify.pair_keys import among, pair_keys, pair_sides, sorted_once
from connu.identify.patterns import Patterns
from connu.identify.rarity import Rarity
from connu.identify.repeats import contents, repeated_pairs
from connu.identify.scoring import Scored, Scoring
from connu.identify.weights import Weights, learn
from connu.kernel.progress import Progress, Silent, Step
from connu.kernel.settings import Settings

Key = tuple[str, str]

#: Candidate pairs the weights are learnt from at most, and random pairs beside them.
_TEACHING_PAIRS, _RANDOM_PAIRS = 1_000_000, 500_000
#: Pairs scored at a time: bounds the memory of their levels.
_CHUNK = 1_000_000
_SEED = 20_260_101


@dataclass
class LinkReport:
    """What linking did.

    Attributes:
        model: what was learnt, or the model that was given.
        records, candidates, clusters, links, undecided: counts.
        generic: identifier type → how many values were found to identify nobody.
        refused: shared identifiers that did not link at once, as a limit or a split forbade it.
        learnt: whether the weights are new.
        compared_again: records that were new or changed; all of them where nothing was carried.
        remarks: what the user should know.
    """

    model: LinkModel
    records: int = 0
    candidates: int = 0
    clusters: int = 0
    links: int = 0
    undecided: int = 0
    refused: int = 0
    learnt: bool = True
    compared_again: int = 0
    generic: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def link(
    engine: Engine,
    settings: Settings,
    *,
    joins: Iterable[tuple[Key, Key]] = (),
    splits: Iterable[tuple[Key, Key]] = (),
    model: LinkModel | None = None,
    progress: Progress | None = None,
) -> LinkReport:
    """Link the records of a brand.

    Args:
        engine: holds `normal` and `identifiers`.
        settings: merge and undecided probabilities, limits, unique sources.
        joins, splits: records a person said are one, or two, as (source, record_id) pairs.
        model: keep its weights and rarity; None, or one that does not serve (see LinkModel),
            learns anew.
        progress: told of the stages.

    Returns:
        counts, and the model to keep.

    Cost: a million records of five sources in about half a minute and 1.2 GB on two cores.
    """
    progress = progress or Silent()
    with progress.stage("encode records"):
        normal = engine.collect("SELECT * FROM normal ORDER BY rid")
        identifiers = engine.collect("SELECT rid, type, value FROM identifiers")
        unique = frozenset(n for n, s in settings.of_kind("people").items() if s.unique)
        records = encode_records(normal, identifiers, unique=unique)
        rows = _RowNumbers(normal)
        del normal
        generic, touched = forget_generic(
            records,
            devices=settings.identify.shared_device_accounts,
            known=model.generic if model else None,
        )
        holders = holder_pairs(identifiers, generic)
        del identifiers
    n = records.size
    hand, apart = rows.pairs(joins), rows.pairs(splits)
    fields = fields_of(records)
    kept = model if model is not None and model.serves(fields, n) else None
    fresh, carried = None, None
    if kept is not None and kept.fits(fields, unique) and previous.available(engine):
        fresh = previous.fresh_records(engine, n) | touched
        carried = previous.carried_pairs(engine, fresh)
    with progress.stage("find candidates"):
        keys = find_candidates(records, fresh=fresh, threads=settings.engine.threads)
        said = contents(records)
        beside = _new([*holders.values(), repeated_pairs(said)], fresh)
        keys = _with_pairs(n, keys, [*beside, hand, apart], carried)
    with progress.stage("keep weights" if kept else "learn weights"):
        rarity = kept.rarity if kept else Rarity.of(records)
        comparison = Comparison(records, fields, rarity, holders)
        weights = kept.weights if kept else _learn(records, comparison, keys)
        scoring = Scoring(comparison, weights, rarity)
    with progress.stage("compare pairs", len(keys)) as step:
        scored = _joined([*([carried] if carried else []), _score(scoring, keys, n, step)], n)
        near = scored.bits > 0
        more = friends_of_friends(
            n,
            scored.left[near],
            scored.right[near],
            scored.bits[near],
            keys if carried is None else sorted_once(np.concatenate([keys, scored.keys(n)])),
            fresh,
        )
        scored = _joined([scored, _score(scoring, more, n, step)], n)
        candidates = len(keys) + len(more)
        del keys, more
        engine.put("pairs", scored.to_table())
    with progress.stage("cluster"):
        group_of, refused = _groups(records, settings, scored, said, hand, apart)
        threshold = _log2_odds(settings.identify.merge_probability)
        cluster = average_link(
            scored.left, scored.right, scored.bits, group_of, apart, records.unique_source,
            threshold=threshold,
        )  # fmt: skip
        engine.put("clusters", pa.table({"rid": np.arange(n, dtype=np.int32), "cluster": cluster}))
    together = cluster[scored.left] == cluster[scored.right]
    calibration = kept.calibration if kept else Calibration.fit(scored.bits, together)
    with progress.stage("explain links"):
        links, undecided = write_links(
            engine,
            PairWriter(scoring, calibration),
            scored,
            together,
            np.unique(hand[cluster[hand[:, 0]] == cluster[hand[:, 1]]], axis=0),
            apart,
            doubt=_log2_odds(settings.identify.undecided_probability),
        )
    report = LinkReport(
        model=LinkModel(weights, rarity, generic, unique, calibration),
        records=n,
        candidates=candidates,
        clusters=int(cluster.max()) + 1 if n else 0,
        links=links,
        undecided=undecided,
        generic={kind: len(values) for kind, values in generic.items() if len(values)},
        refused=refused,
        learnt=kept is None,
        compared_again=n if fresh is None else int(fresh.sum()),
    )
    if kept is None and model is not None:
        report.remarks.append(
            "the linking model was learnt anew: the sources have other fields than it knows, or "
            "many more records than it was learnt from"
        )
    if rows.unknown:
        report.remarks.append(
            f"{rows.unknown} records joined or split by hand are no longer in the sources"
        )
    return report


class _RowNumbers:
    """Finds the rid of a record by its source and id."""

    def __init__(self, normal: pa.Table) -> None:
        self._normal = normal.select(["source", "record_id"])
        self._rid: dict[Key, int] | None = None
        self.unknown = 0

    def pairs(self, keys: Iterable[tuple[Key, Key]]) -> np.ndarray:
        """int32 [pairs, 2]; a pair with a record that is gone is left out and counted."""
        keys = list(keys)
        if not keys:
            return np.zeros((0, 2), np.int32)
        if self._rid is None:
            sources = self._normal["source"].to_pylist()
            ids = self._normal["record_id"].to_pylist()
            self._rid = {key: rid for rid, key in enumerate(zip(sources, ids, strict=True))}
        found = []
        for one, other in keys:
            a, b = tuple(one), tuple(other)
            if a in self._rid and b in self._rid and a != b:
                found.append(sorted((self._rid[a], self._rid[b])))
            else:
                self.unknown += 1
        return np.array(found, np.int32).reshape(-1, 2)


def _new(pairs: list[np.ndarray], fresh: np.ndarray | None) -> list[np.ndarray]:
    """The pairs of which one record is new or changed: the others were scored before."""
    if fresh is None:
        return pairs
    return [some[fresh[some].any(axis=1)] for some in pairs]


def _with_pairs(
    n: int, keys: np.ndarray, more: list[np.ndarray], carried: Scored | None
) -> np.ndarray:
    """The candidates and further pairs, each once, sorted, without those already scored."""
    more = [pair_keys(pairs[:, 0], pairs[:, 1], n) for pairs in more if len(pairs)]
    keys = sorted_once(np.concatenate([keys, *more])) if more else keys
    return keys if carried is None else keys[~among(keys, carried.keys(n))]


def _learn(records: Records, comparison: Comparison, keys: np.ndarray) -> Weights:
    """Weights from a share of the candidates and from random pairs."""
    n = records.size
    stride = max(1, len(keys) // _TEACHING_PAIRS)
    patterns = Patterns.of(comparison.fields, comparison.levels(*pair_sides(keys[::stride], n)))
    patterns.count = patterns.count * stride
    chance = np.random.default_rng(_SEED)
    a, b = chance.integers(0, max(n, 1), (2, min(_RANDOM_PAIRS, n * (n - 1) // 2))).astype(np.int32)
    unique = records.unique_source
    possible = (a != b) & ((unique[a] < 0) | (unique[a] != unique[b]))
    # In a small base every pair is drawn, true ones too: candidates speak for themselves.
    possible &= ~among(pair_keys(a, b, n), keys)
    random = comparison.levels(a[possible], b[possible])
    # A customer of very many records: more share his identifiers than candidates are made.
    chosen = ~shares_identifier(comparison.fields, random)
    random = {name: level[chosen] for name, level in random.items()}
    pairs = n * (n - 1) / 2
    per_source = np.bincount(unique[unique >= 0]).astype(np.float64)
    pairs = max(pairs - float((per_source * (per_source - 1) / 2).sum()), 1.0)
    return learn(comparison.fields, patterns, random, pairs, n)


def _score(scoring: Scoring, keys: np.ndarray, n: int, step: Step) -> Scored:
    """Score pairs a chunk at a time, keeping those above ABSENT_BITS."""
    kept = [Scored.none()]
    for first in range(0, len(keys), _CHUNK):
        left, right = pair_sides(keys[first : first + _CHUNK], n)
        levels = scoring.comparison.levels(left, right)
        bits = scoring.score(left, right, levels)
        shares = shares_identifier(scoring.weights.fields, levels)
        keep = bits > ABSENT_BITS
        kept.append(Scored(left[keep], right[keep], bits[keep], shares[keep]))
        step.advance(len(left))
    return _joined(kept, n)


def _joined(parts: list[Scored], n: int) -> Scored:
    """Several sets of pairs as one, sorted."""
    left, right, bits, shares = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("left", "right", "bits", "shares_identifier")
    )
    order = np.argsort(pair_keys(left, right, n), kind="stable")
    return Scored(left[order], right[order], bits[order], shares[order])


def _groups(
    records: Records,
    settings: Settings,
    scored: Scored,
    said: np.ndarray,
    hand: np.ndarray,
    apart: np.ndarray,
) -> tuple[np.ndarray, int]:
    """Groups by hand, by identifier and of repeats; how many such links were refused."""
    at_once = scored.shares_identifier | (said[scored.left] == said[scored.right])
    sure = np.flatnonzero(at_once & (scored.bits >= AT_ONCE_BITS))
    order = sure[np.argsort(-scored.bits[sure], kind="stable")]
    links = np.column_stack([scored.left[order], scored.right[order]])
    columns = {k: records.values[k] for k in ("email", "phone")} | records.keys
    columns = {name: column for name, column in columns.items() if column.known}
    codes = [column.codes for column in columns.values()]
    table = np.column_stack(codes) if codes else np.zeros((records.size, 0), np.int32)
    limits = np.array([settings.identify.limit(name) for name in columns], np.int32)
    group_of, taken = group(
        records.size, hand, apart, links, np.ascontiguousarray(table), limits,
        records.unique_source,
    )  # fmt: skip
    return group_of, int((~taken).sum())


def _log2_odds(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))
