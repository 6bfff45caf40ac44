"""What twins told of visitors, held against a file that says what is true of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.reading import Reading
from connu.engine.sql import literal, quoted
from connu.kernel.errors import UsageError
from connu.measure.few import K_LEAST
from connu.measure.twins import TwinsScore, evaluate_twins
from connu.sources.handles import normalise_keys


def is_about_visitors(labelled: pa.Table) -> bool:
    """Whether a labelled file speaks of visitors: by cookie, and not by record."""
    columns = set(labelled.column_names)
    return "anonymous_id" in columns and "record_id" not in columns


def scores_of_visitors(reading: Reading, labelled: pa.Table) -> dict[str, TwinsScore]:
    """By attribute, what twins told of visitors nobody knows, against the truth.

    A column of the file is the attribute of its name; an empty cell says nothing. A value that
    twins never tell counts: whoever has it was told wrongly, or rightly not told. Attributes of
    which fewer than K_LEAST visitors are labelled are left out. The truth stays in the engine as
    `visitor_truth` (anonymous_id, and a column an attribute).

    Reads twins. Cost: one pass over the attribute's rows each.

    Args:
        reading: the build, opened for the purpose.
        labelled: a row a cookie: anonymous_id, and a column an attribute.

    Raises:
        UsageError: no column is an attribute that twins tell, or no cookie is one they told of.
    """
    if not reading.build.has("twins"):
        raise UsageError("the build in force tells nothing by twins", hint="run: connu build")
    told = [a for a in reading.reader.attributes("twins") if a in labelled.column_names]
    if not told:
        raise UsageError(
            "the truth about visitors has no column that twins tell",
            hint=f"name one of {', '.join(reading.reader.attributes('twins')) or 'none'}",
        )
    cookies = normalise_keys(labelled["anonymous_id"].cast(pa.string()).combine_chunks())
    rows = {name: labelled[name].cast(pa.string()) for name in told}
    reading.engine.put("visitor_truth", pa.table({"anonymous_id": cookies, **rows}))
    scores = {attribute: _score(reading, attribute) for attribute in told}
    if not any(scores.values()):
        raise UsageError(
            "fewer than ten visitors of the truth are visitors of this build",
            hint="anonymous_id is written as in: connu export visitors",
        )
    return {attribute: score for attribute, score in scores.items() if score is not None}


def _score(reading: Reading, attribute: str) -> TwinsScore | None:
    column = quoted(attribute)
    found = reading.engine.collect(
        "SELECT t.subject, t.value, t.probability, t.stated, v.truth"
        f" FROM ({reading.reader.sql('twins', attribute=attribute, sort=False)}) AS t"
        f" JOIN (SELECT anonymous_id, min({column}) AS truth FROM visitor_truth"
        f" WHERE {column} <> '' GROUP BY anonymous_id) AS v"
        f" ON v.anonymous_id = t.subject WHERE t.subject_kind = {literal('visitor')}"
        " ORDER BY t.subject, t.value"
    )
    subject = found["subject"].combine_chunks().dictionary_encode()
    if len(subject.dictionary) < K_LEAST:
        return None
    classes = sorted(set(found["value"].to_pylist()) | set(found["truth"].to_pylist()))
    names = pa.array(classes, pa.string())
    row = subject.indices.to_numpy(zero_copy_only=False)
    code = pc.index_in(found["value"], value_set=names).to_numpy()
    people = len(subject.dictionary)
    probability = np.zeros((people, len(classes)))
    probability[row, code] = found["probability"].to_numpy()
    truth = np.zeros(people, np.int64)
    truth[row] = pc.index_in(found["truth"], value_set=names).to_numpy()
    stated = np.full(people, -1)
    said = found["stated"].combine_chunks().to_numpy(zero_copy_only=False)
    stated[row[said]] = code[said]
    # Rounding in the table must not make a probability of 1.0000001.
    probability /= probability.sum(axis=1, keepdims=True)
    return evaluate_twins(probability, truth, classes, stated)
