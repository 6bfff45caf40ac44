"""Visitors to ask: a file to fill in, by which connu learns how visitors differ from customers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from connu.app.reading import Reading
from connu.kernel.errors import UsageError
from connu.kernel.settings import Settings
from connu.ledger.reading import Exported, export_path, written
from connu.twins.profiles import PREFIX

#: What `connu export` calls it; no table of a build has this name.
AUDITS = "audits"


@dataclass(frozen=True)
class ToAsk(Exported):
    """The file of visitors to ask.

    Attributes:
        attribute: what to ask them.
        values: the answers that connu understands, sorted.
    """

    attribute: str
    values: list[str]


def export_audits(reading: Reading, settings: Settings, path: Path, attribute: str | None) -> ToAsk:
    """Write the visitors to ask: anonymous_id, stratum, weight, and an empty value.

    Drawn among the visitors of whom twins have probabilities and who may be read for the purpose,
    even over how sure they are; the same build gives the same visitors. Filled in, the file is
    named by [attributes.NAME] audited.

    Args:
        reading: the build, opened for the purpose.
        settings: for the seed.
        path: ends in .parquet, .csv or .jsonl.
        attribute: what to ask them.

    Raises:
        UsageError: no attribute, one twins do not tell, a profile, another suffix, or there is
            nobody to ask.
        NotFoundError: the build has no twins.
        BuildError: the file cannot be written.
    """
    # Loaded here: it brings numerical libraries that other exports need not wait for.
    from connu.twins.audits import audits_to_ask

    path = export_path(path)
    reader = reading.reader
    if attribute is None:
        told = [name for name in reader.attributes("twins") if not name.startswith(PREFIX)]
        raise UsageError(
            "an audit asks about one attribute",
            hint=f"--attribute names it; twins tell {', '.join(told) or 'none in this build'}",
        )
    if attribute.startswith(PREFIX):
        raise UsageError(
            "a profile is not audited by itself",
            hint="ask about its parts: --attribute sex, age_band …",
            attribute=attribute,
        )
    sql = reader.sql("twins", attribute=attribute, sort=False)
    sure = reading.engine.collect(
        f"SELECT subject, max(probability) AS sure FROM ({sql}) AS t"
        " WHERE subject_kind = 'visitor' GROUP BY subject ORDER BY subject"
    )
    if not sure.num_rows:
        raise UsageError(
            f"there is no visitor to ask about «{attribute}»",
            hint="connu export silences -o FILE says why twins have nothing to say of visitors",
            attribute=attribute,
        )
    asked = audits_to_ask(
        sure["sure"].to_numpy()[:, None], sure["subject"], seed=settings.twins.seed
    )
    reading.engine.put(AUDITS, asked)
    rows = written(reading.engine, f"SELECT * FROM {AUDITS} ORDER BY anonymous_id", path)
    reading.engine.drop(AUDITS)
    values = reading.rows(f"SELECT DISTINCT value FROM ({sql}) AS t ORDER BY value")
    return ToAsk(rows, 0, 0, path, attribute, [row["value"] for row in values])
