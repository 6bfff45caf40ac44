"""What was heard: the verbatims that may be listened to, with their writers, ready to be coded.

Who refused service, analytics or personalisation is neither learnt from nor coded: his texts are
left out here, before anything reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.identify.writers import WRITERS
from connu.kernel.settings import Settings
from connu.twins.learnable import learnable
from connu.understand.boilerplate import OwnWords, own_words
from connu.understand.encoder import ENDPOINT
from connu.understand.languages import languages
from connu.understand.masking import NAMES_SEPARATOR, mask

#: Ratings of a scale count as high from here on, and as low up to here, as shares of the scale.
_HIGH, _LOW = 0.75, 0.3
_NAMES = ("first_name", "middle_name", "last_name", "full_name")


@dataclass(frozen=True)
class Heard:
    """Verbatims, in order of source and row.

    Attributes:
        table: source, row, verbatim_id, text, time, channel, rating, nps, subject_kind, subject,
            names (the writer's own, several separated). Texts are masked where an encoder is
            asked elsewhere.
        language: string (n,): fr, en or null.
        own: the stretches that are the customers' own words, and what is set aside.
        rated: float32 (n,): −1 low, 1 high, 0 neither or unknown.
        refused: verbatims left out.
    """

    table: pa.Table
    language: pa.Array
    own: OwnWords
    rated: np.ndarray
    refused: int

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def texts(self) -> pa.Array:
        """string (n,)."""
        return self.table["text"].combine_chunks()


def hear(engine: Engine, settings: Settings) -> Heard:
    """Read the verbatims. About 25 µs each, and as many bytes as the texts have, thrice.

    Reads verbatims, verbatim_writers, customers, twin_refused where it is.

    Args:
        engine: where the tables are.
        settings: the brand's languages.
    """
    allowed = " AND ".join(
        f"NOT (w.subject_kind = '{kind}' AND NOT ({learnable(engine, kind, 'w.subject')}))"
        for kind in ("customer", "visitor")
    )
    columns = engine.columns("customers") if engine.has("customers") else []
    names = ", ".join(f"c.{name}" for name in _NAMES if name in columns)
    named = f"concat_ws('{NAMES_SEPARATOR}', {names})" if names else "CAST(NULL AS VARCHAR)"
    customers = "LEFT JOIN customers c ON w.subject_kind = 'customer' AND c.customer_id = w.subject"
    table = engine.collect(
        f"SELECT v.source, v.row, v.verbatim_id, v.text, v.time, v.channel, v.rating, v.nps,"
        f" w.subject_kind, w.subject, {named} AS names, coalesce({allowed}, TRUE) AS allowed"
        f" FROM verbatims v LEFT JOIN {WRITERS} w ON w.source = v.source AND w.row = v.row"
        f" {customers if names else ''} ORDER BY v.source, v.row"
    )
    kept = table.filter(table["allowed"]).drop_columns(["allowed"]).combine_chunks()
    writer = pc.binary_join_element_wise(kept["subject_kind"], kept["subject"], ":")
    texts = kept["text"].combine_chunks()
    if settings.understand.encoder == ENDPOINT:
        # They are sent away: nobody's data goes along. As many signs as before: places hold.
        texts = mask(texts, kept["names"].combine_chunks())
        kept = kept.set_column(kept.schema.get_field_index("text"), "text", texts)
    own = own_words(texts, writers=writer.combine_chunks())
    spoken = languages(
        texts, settings.understand.languages, sources=kept["source"].combine_chunks()
    )
    return Heard(kept, spoken, own, _rated(kept), table.num_rows - kept.num_rows)


def _rated(table: pa.Table) -> np.ndarray:
    """Whether a verbatim came with a high or a low rating, by the scale of its source."""
    rated = np.zeros(table.num_rows, np.float32)
    nps = table["nps"].to_numpy()
    with np.errstate(invalid="ignore"):
        rated = np.where(nps >= 9, 1, np.where(nps <= 6, -1, rated)).astype(np.float32)
        sources = table["source"].combine_chunks().dictionary_encode()
        of = sources.indices.to_numpy(zero_copy_only=False)
        rating = table["rating"].to_numpy()
        for number in range(len(sources.dictionary)):
            here = (of == number) & np.isfinite(rating)
            if not here.any():
                continue
            low, high = rating[here].min(), rating[here].max()
            # Five stars begin at 1, twenty points at 0: a scale nobody used the ends of is a guess.
            low, high = (min(low, 1.0), max(high, 5.0)) if high <= 5 else (min(low, 0.0), high)
            share = (rating - low) / (high - low)
            rated = np.where(here & (share >= _HIGH), 1, rated)
            rated = np.where(here & (share <= _LOW), -1, rated)
    return rated.astype(np.float32)
