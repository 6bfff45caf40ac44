"""Every benchmark: identities beside Splink; twins, intents and codes beside plainer methods.

    python -m benchmarks                        all four
    python -m benchmarks --only sessions        one data set or part of any (may be repeated)
    python -m benchmarks --only intents         every part of the intents
    python -m benchmarks --only understand      every part of what customers say
    python -m benchmarks --only coverage        intervals against the truth of a few made brands
    python -m benchmarks --write                the figures into docs/benchmarks.md

With `--json FILE`, the figures of each go into a file of their own: FILE with `identities`,
`twins`, `intents` or `understand` before its suffix. Other options are those of
`benchmarks.identities` (--without-splink), `benchmarks.twins` (--refit, --splits) and
`benchmarks.intents` (--subjects, --events). Coverage is measured only where it is named: what it is
good for takes 200 brands and an hour (`benchmarks.coverage`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import coverage, identities, intents, twins, understand
from benchmarks.datasets import DATA_SETS

#: Stand for every part of `benchmarks.intents`, and of `benchmarks.understand`.
INTENTS, UNDERSTAND = "intents", "understand"
COVERAGE = "coverage"


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; 1 when a part failed."""
    sets, parts = [data.name for data in DATA_SETS], list(twins.PARTS)
    after, said = list(intents.PARTS), list(understand.PARTS)
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only",
        action="append",
        choices=[*sets, *parts, INTENTS, *after, UNDERSTAND, *said, COVERAGE],
        metavar="NAME",
    )
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--without-splink", action="store_true")
    parser.add_argument("--refit", action="store_true")
    parser.add_argument("--splits", type=int, default=50)
    parser.add_argument("--subjects", type=int, default=intents.SUBJECTS)
    parser.add_argument("--events", type=int, default=intents.EVENTS)
    asked = parser.parse_args(arguments)
    only = asked.only or []
    shared = ["--write"] if asked.write else []
    code = 0
    if not only or set(only) & set(sets):
        own = ["--without-splink"] if asked.without_splink else []
        own += _only(only, sets) + _json(asked.json, "identities")
        code |= identities.main([*shared, *own])
    if not only or set(only) & set(parts):
        own = ["--refit"] if asked.refit else []
        own += ["--splits", str(asked.splits), *_only(only, parts), *_json(asked.json, "twins")]
        print()
        code |= twins.main([*shared, *own])
    if not only or set(only) & {INTENTS, *after}:
        own = ["--subjects", str(asked.subjects), "--events", str(asked.events)]
        # All parts are asked for by naming none.
        own += [] if INTENTS in only else _only(only, after)
        print()
        code |= intents.main([*shared, *own, *_json(asked.json, INTENTS)])
    if not only or set(only) & {UNDERSTAND, *said}:
        own = [] if UNDERSTAND in only else _only(only, said)
        print()
        code |= understand.main([*shared, *own, *_json(asked.json, UNDERSTAND)])
    if COVERAGE in only:
        print()
        code |= coverage.main([])
    return code


def _only(only: list[str], names: list[str]) -> list[str]:
    return [word for name in only if name in names for word in ("--only", name)]


def _json(path: Path | None, of: str) -> list[str]:
    return ["--json", str(path.with_name(f"{path.stem}.{of}{path.suffix}"))] if path else []


if __name__ == "__main__":
    sys.exit(main())
