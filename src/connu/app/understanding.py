"""The stage of understanding: what customers say they expect becomes tables, and facts.

Verbatims are tied to their writers, what is not their own words is set aside, a coder is learnt on
the brand's texts, ratings and the codes made by hand, and codes all of them, some thousands at a
time on two threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.journal.journal import Journal
from connu.kernel.clock import now_utc
from connu.kernel.interruption import heed
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.ledger.erasure import drop_derived
from connu.ledger.expectations import EXPECTATIONS, STATEMENTS, TO_CODE, UNDERSTANDING_TABLES
from connu.ledger.facts import add_facts

#: Verbatims coded at a time, and texts the coder is learnt on without labels.
PART, LEARNT_ON = 10_000, 12_000
_FACTS = "expectation_facts"


@dataclass(frozen=True)
class Understood:
    """What the stage did.

    Attributes:
        verbatims: listened to.
        writers: of them by somebody known, customers and visitors.
        customers: customers heard.
        statements, expectations: rows told.
        by_hand: verbatims whose codes people made.
        facts: statements added to `facts`.
        languages: verbatims by language.
        aside: verbatims, or parts of them, left out, by reason.
        remarks: what the user should know.
    """

    verbatims: int = 0
    writers: int = 0
    customers: int = 0
    statements: int = 0
    expectations: int = 0
    by_hand: int = 0
    facts: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    aside: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """What the stage counted, for the trace."""
        told = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        return told | {"aside": sum(self.aside.values())}

    def as_dict(self) -> dict[str, Any]:
        """What was understood as JSON, remarks aside: a build has its own."""
        told = asdict(self)
        del told["remarks"]
        return told


def understand(
    engine: Engine,
    settings: Settings,
    folder: Path,
    journal: Journal,
    *,
    consents: pa.Table,
    progress: Progress | None = None,
) -> Understood:
    """Make the tables of `ledger.expectations`, and add what customers expect to `facts`.

    Where [understand] is not enabled, or there is no verbatim, the tables are empty, and what was
    kept of texts is deleted.

    Args:
        engine: over the draft's workspace, every earlier table made.
        settings: the brand's.
        folder: the brand's, for its codebook.
        journal: codes made by hand.
        consents: the journal's: who refused is not listened to.
        progress: who watches.

    Raises:
        SettingsError: the brand's codebook says what cannot be, or there is no such encoder.
        MissingExtraError: the encoder's extra is not installed.
        BuildError: what was told is not made of facts.
    """
    count = "SELECT count(*) AS n FROM verbatims"
    if not settings.understand.enabled or not engine.collect(count)["n"][0].as_py():
        for name, schema in UNDERSTANDING_TABLES.items():
            engine.put(name, schema.empty_table())
        drop_derived(folder)
        return Understood()
    # Loaded here: numba, scikit-learn and lingua take seconds that other commands need not wait.
    from connu.app.answers_kept import keep_answers
    from connu.app.encoders import brand_encoder
    from connu.app.hand_codes import hand_codes
    from connu.app.hand_labels import hand_labels
    from connu.app.heard import hear
    from connu.app.label_reliability import reliability_of
    from connu.app.taught import stands_beside
    from connu.app.to_code_rows import to_code_rows
    from connu.identify.writers import WRITERS, find_writers
    from connu.twins.learnable import REFUSED, make_refused
    from connu.understand.codebook import read_codebook

    progress = progress or Silent()
    codebook = read_codebook(folder)
    if not engine.has(REFUSED):
        make_refused(engine, now=now_utc(), journal_consents=consents)
    with progress.stage("listen"):
        tied = find_writers(engine)
        heard = hear(engine, settings)
        engine.drop(WRITERS)
    said = journal.codes()
    hand = hand_labels(
        heard,
        hand_codes(engine, said, journal.digester(), codebook).table
        if said.num_rows
        else _no_codes(),
        codebook,
    )
    with progress.stage("learn what themes sound like"):
        encoder = brand_encoder(settings, folder) if len(hand) else None
        coder = _learnt(heard, codebook, hand, encoder, settings.understand.seed)
    coder.themes.beside, of_taught = stands_beside(folder, settings, heard, hand, codebook.names)
    probability = np.zeros((len(heard), len(codebook.names)), np.float32)
    made: dict[str, list[str]] = {"statements": [], "expectations": []}
    rows = {"statements": 0, "expectations": 0}
    with progress.stage("code verbatims", len(heard)) as step:
        for first, last, part in _parts(coder, heard, hand.codes):
            probability[first:last] = part.text
            for name, table in (
                ("statements", part.statements),
                ("expectations", part.expectations),
            ):
                made[name].append(f"{name}_{len(made[name])}")
                engine.put(made[name][-1], table)
                rows[name] += table.num_rows
            step.advance(last - first)
    keep_answers(folder, settings, codebook, heard, coder.themes.evidence.asked)
    _gather(engine, "statements", STATEMENTS, made["statements"])
    _gather(engine, "expectations", EXPECTATIONS, made["expectations"])
    engine.put("to_code", to_code_rows(heard, probability, codebook, hand).cast(TO_CODE))
    engine.put("expectation_reliability", reliability_of(coder, heard, hand))
    spoken = heard.language.fill_null("").value_counts().to_pylist()
    aside = dict(heard.own.counts) | ({"refused": heard.refused} if heard.refused else {})
    return Understood(
        verbatims=len(heard),
        writers=sum(tied.values()),
        customers=_customers(engine),
        **rows,
        by_hand=len(hand),
        facts=_make_facts(engine, settings),
        languages={pair["values"] or "unknown": pair["counts"] for pair in spoken},
        aside={reason: n for reason, n in sorted(aside.items()) if n},
        remarks=of_taught + _remarks(len(heard), len(hand), said.num_rows),
    )


def learnt_rows(heard: Any, labelled: np.ndarray, seed: int) -> np.ndarray:
    """int64: the verbatims a coder is learnt on: a sample, and every labelled one; sorted.

    Args:
        heard: the verbatims.
        labelled: int64, the rows that people coded.
        seed: of the sample.
    """
    fit = np.flatnonzero(heard.own.aside.is_null().to_numpy(zero_copy_only=False))
    if len(fit) > LEARNT_ON:
        fit = np.random.default_rng(seed).choice(fit, LEARNT_ON, replace=False)
    return np.union1d(fit, labelled)


def _learnt(heard: Any, codebook: Any, hand: Any, encoder: Any, seed: int) -> Any:
    """A coder, learnt on a sample of the verbatims with every labelled one among them."""
    from connu.app.expectation_rows import read_part, read_rows
    from connu.understand.learning import Labelled, learn_coder

    chosen = learnt_rows(heard, hand.labelled.row, seed)
    if len(chosen) == len(heard):
        corpus = read_part(heard, 0, len(heard))
    else:
        corpus = read_rows(heard, chosen)
    known = Labelled(
        np.searchsorted(chosen, hand.labelled.row), hand.labelled.themes, hand.labelled.polarity
    )
    return learn_coder(
        codebook,
        corpus,
        labelled=known,
        rating=heard.rated[chosen],
        encoder=encoder,
        seed=seed,
    )


def _parts(coder: Any, heard: Any, said: Any) -> Iterator[tuple[int, int, Any]]:
    """The verbatims coded, some at a time, two of these at once, in order."""
    from connu.app.expectation_rows import code_part

    bounds = [(a, min(a + PART, len(heard))) for a in range(0, len(heard), PART)]
    with ThreadPoolExecutor(2, thread_name_prefix="connu-code") as pool:
        waiting = []
        for first, last in bounds:
            heed()
            waiting.append((first, last, pool.submit(code_part, coder, heard, first, last, said)))
            if len(waiting) > 2:
                a, b, doing = waiting.pop(0)
                yield a, b, doing.result()
        for a, b, doing in waiting:
            yield a, b, doing.result()


def _gather(engine: Engine, name: str, schema: pa.Schema, parts: list[str]) -> None:
    columns = ", ".join(f'"{column}"' for column in schema.names)
    if parts:
        engine.run(name, " UNION ALL ".join(f"SELECT {columns} FROM {part}" for part in parts))
    else:
        engine.put(name, schema.empty_table())
    for part in parts:
        engine.drop(part)


def _make_facts(engine: Engine, settings: Settings) -> int:
    """What each customer and visitor expects, a fact a theme: the latest word of it counts.

    The facts of a health brand name the theme alone: a patient's words are about his health.
    """
    words = "" if settings.brand.sector == "health" else ", 'quote': arg_max(quote, turn)"
    engine.run(
        _FACTS,
        f"""
        WITH said AS (
            SELECT *, coalesce(epoch_us(time), 0) + row_number() OVER (
                ORDER BY time NULLS FIRST, source, "row", "start", theme
            ) / 1e9 AS turn
            FROM expectations
            WHERE subject IS NOT NULL AND addressee = 'brand' AND form <> 'none'
        )
        SELECT subject_kind, subject, 'expectation' AS attribute, theme AS value,
            max(probability) AS probability, 'coded' AS basis, arg_max(source, turn) AS source,
            to_json({{
                'status': arg_max(status, turn), 'polarity': arg_max(polarity, turn),
                'form': arg_max(form, turn), 'dimension': any_value(dimension),
                'times': count(*), 'verbatim': arg_max(verbatim_id, turn),
                'start': arg_max("start", turn), 'end': arg_max("end", turn),
                'by': arg_max("by", turn){words}
            }}) AS evidence,
            max(time) AS observed_at
        FROM said
        GROUP BY subject_kind, subject, theme
        """,
    )
    return add_facts(engine, _FACTS)


def _customers(engine: Engine) -> int:
    told = engine.collect(
        "SELECT count(DISTINCT subject) AS n FROM statements WHERE subject_kind = 'customer'"
    )
    return int(told["n"][0].as_py())


def _no_codes() -> pa.Table:
    from connu.app.hand_codes import HAND_CODES

    return HAND_CODES.empty_table()


def _remarks(verbatims: int, by_hand: int, in_journal: int) -> list[str]:
    remarks = []
    if in_journal and not by_hand:
        remarks.append("no code made by hand fits a verbatim: were they changed, or other ids?")
    if verbatims >= 200 and by_hand < 100:
        remarks.append(
            f"expectations are coded with {by_hand} labels: some 16 a theme make them much surer"
            " (connu code)"
        )
    return remarks
