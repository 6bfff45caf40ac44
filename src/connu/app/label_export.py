"""Labels that go out: the codes in force, as a file that an import takes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from connu.app.coding import has_build
from connu.app.hand_codes import hand_codes, only_by
from connu.app.labels import label_line
from connu.app.reading import opened_build
from connu.journal.journal import Journal, open_journal
from connu.ledger.files import io_error, write_atomically
from connu.understand.codebook import Codebook, read_codebook
from connu.understand.codes import codes_from_json

if TYPE_CHECKING:
    from connu.app.brand import Brand


@dataclass(frozen=True)
class LabelsWritten:
    """What an export of labels wrote.

    Attributes:
        labels: lines written.
        path: the file.
        changed: codes left out because their text changed since.
        gone: codes left out because their verbatim was deleted since.
        left_out: codes left out because those who wrote the verbatims did not grant the purpose.
    """

    labels: int
    path: Path
    changed: int
    gone: int
    left_out: int

    def as_dict(self) -> dict[str, Any]:
        """What was written, as JSON."""
        return {**asdict(self), "path": str(self.path)}


def export_labels(
    brand: Brand, path: str | Path, *, coder: str | None = None, purpose: str = "service"
) -> LabelsWritten:
    """Write the codes in force as a file of labels that `import_labels` takes.

    Args:
        brand: whose.
        path: the file.
        coder: only his.
        purpose: what they will be used for; the codes of those who did not grant it stay out.

    Raises:
        BuildError: the file cannot be written.
        PurposeError: nobody knows the purpose.
    """
    path, codebook = Path(path), read_codebook(brand.folder)
    with open_journal(brand.folder, brand.settings) as journal:
        codes = journal.codes()
        if coder is not None:
            codes = only_by(codes, coder)
        left = (0, 0, 0)
        if has_build(brand):
            kept, left = _readable(brand, journal, codes, codebook, purpose)
            codes = codes.filter(
                pa.array([id in kept for id in codes["id"].to_pylist()], pa.bool_())
            )
    lines = [
        label_line(
            f"{code['source']}:{code['verbatim_id']}" if code["source"] else code["verbatim_id"],
            codes_from_json(code["codes"]).migrated(codebook.current),
            code["coder"],
        )
        for code in codes.to_pylist()
    ]
    try:
        write_atomically(path, b"".join(lines))
    except OSError as error:
        raise io_error("the labels cannot be written", error) from None
    return LabelsWritten(len(lines), path, *left)


def _readable(
    brand: Brand, journal: Journal, codes: pa.Table, codebook: Codebook, purpose: str
) -> tuple[frozenset[int], tuple[int, int, int]]:
    """Ids of the codes that go out; how many do not as their text changed, their verbatim is gone,
    or for the purpose.

    One made before any build, whose verbatim none has met yet, goes out: it awaits it.
    """
    digest = journal.digester()
    with opened_build(brand.folder, brand.settings, purpose) as reading:
        whole = hand_codes(reading.engine, codes, digest, codebook)
        readable = hand_codes(reading.engine, codes, digest, codebook, reading.sql("verbatims"))
    met = set(codes.filter(pc.is_valid(codes["text_digest"]))["id"].to_pylist())
    gone = whole.absent & met
    kept = readable.held | (whole.absent - met)
    return kept, (len(whole.changed), len(gone), len(whole.held - readable.held))
