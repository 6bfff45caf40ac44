"""What the benchmarks of intents found: tables for people, figures for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.next_connu import NextConnu

TABLES = {
    "next": "| shop | method | steps | HR@1 | HR@5 | HR@20 | MRR@5 | MRR@20 | seconds |",
    "categories": (
        "| shop | method | steps | HR@1 | HR@3 | changes | HR@3 then | surest half | seconds |"
    ),
    "buying": (
        "| data | method | pairs | bought | ROC AUC | PR AUC | lift at 10 % | ECE | bits lost |"
    ),
    "staying": (
        "| data | method | customers | purchases: MAE | RMSE | total off by | value: MAE | RMSE "
        "| total off by | seconds |"
    ),
}


@dataclass
class Report:
    """What was measured.

    Attributes:
        rows: by table of TABLES.
        remarks: lines of text.
        figures: the same for programs.
        failed: parts that did not finish.
        learnt: what connu learnt of shops, by name.
    """

    rows: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    learnt: dict[str, NextConnu] = field(default_factory=dict)

    def row(self, table: str, *cells: str, **figures: Any) -> None:
        """Add a row, and print it."""
        line = "| " + " | ".join(cells) + " |"
        self.rows.setdefault(table, []).append(line)
        self.figures.append({"table": table} | figures)
        print(line, flush=True)

    def remark(self, text: str, **figures: Any) -> None:
        """Add a line, and print it."""
        self.remarks.append(f"- {text}")
        if figures:
            self.figures.append(figures)
        print(self.remarks[-1], flush=True)

    def lines(self) -> list[str]:
        """The tables, then the remarks."""
        told: list[str] = []
        for table, rows in self.rows.items():
            told += [TABLES[table], rule(TABLES[table]), *rows, ""]
        return told + self.remarks


def rule(header: str) -> str:
    """The line below a heading: two columns of words, the rest of numbers."""
    return "|---|---|" + "--:|" * (header.count("|") - 3)
