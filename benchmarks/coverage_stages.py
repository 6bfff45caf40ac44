"""Stages of a build that can be left out: what nobody judges need not be made."""

from __future__ import annotations

from pathlib import Path

#: The stages that can be left out.
STAGES = ("twins", "intents", "understand")


def settings_without(folder: Path, needed: set[str]) -> None:
    """Switch the stages off in connu.toml that no kind asked for needs."""
    file = folder / "connu.toml"
    text = file.read_text(encoding="utf-8")
    for stage in STAGES:
        head, off = f"[{stage}]\n", "enabled = false\n"
        if stage in needed or head + off in text:
            continue
        if head in text:
            text = text.replace(head, head + off, 1)
        else:
            text += f"\n{head}{off}"
    file.write_text(text, encoding="utf-8")
