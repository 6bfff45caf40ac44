"""Where a file source lies: a path or a glob under the brand's folder, and its format."""

from __future__ import annotations

import glob
from pathlib import Path

from connu.kernel.errors import SourceError
from connu.kernel.settings import Format, Source

#: File suffix: the format it tells.
SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


def files_of(name: str, source: Source, folder: Path) -> list[Path]:
    """The source's files, sorted by name, so that their order on the disk means nothing.

    Raises:
        SourceError: there is none.
    """
    written = source.path or ""
    whole = Path(written) if Path(written).is_absolute() else Path(folder) / written
    if whole.is_file():
        return [whole]
    found = sorted(p for p in map(Path, glob.glob(str(whole), recursive=True)) if p.is_file())
    if found:
        return found
    if whole.is_dir():
        raise SourceError(
            f"source «{name}» names a folder: «{written}»",
            hint=f'name the files in it: path = "{written}/*.csv"',
            source=name,
            file=written,
        )
    raise SourceError(
        f"source «{name}»: there is no file «{written}»",
        hint="paths are relative to the brand's folder",
        source=name,
        file=written,
    )


def format_of(name: str, source: Source, path: Path) -> Format:
    """The format of one file: as set, or by its suffix.

    Raises:
        SourceError: nothing tells it.
    """
    if source.format is not None:
        return source.format
    known = SUFFIXES.get(path.suffix.lower())
    if known is None:
        raise SourceError(
            f"source «{name}»: what «{path.name}» holds cannot be told from its suffix",
            hint='set format = "csv", "parquet" or "jsonl"',
            source=name,
            file=path,
        )
    return known
