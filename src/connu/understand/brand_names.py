"""Brand names: ours and our competitors', with the ways people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connu.kernel.errors import UsageError
from connu.understand.folding import fold
from connu.understand.tokens import tokens_of

#: What an alias begins with that counts only as it is written: «=Orange» is not the fruit.
AS_WRITTEN = "="


@dataclass(frozen=True)
class Alias:
    """One way to write a name.

    Attributes:
        name: the number of the name it stands for.
        text: as it was given, without the mark.
        hashes: its tokens, folded. joined: their letters without what is between.
        as_written: whether case and accents must be the same.
    """

    name: int
    text: str
    hashes: tuple[int, ...]
    joined: str
    as_written: bool


@dataclass(frozen=True)
class BrandNames:
    """Names in their order, each with its aliases; the name itself is one.

    Attributes:
        names: as shown. aliases: of all names.
    """

    names: tuple[str, ...]
    aliases: tuple[Alias, ...]

    @classmethod
    def of(cls, names: Mapping[str, Sequence[str]]) -> BrandNames:
        """Read names and aliases.

        Args:
            names: name → further ways to write it. Case, accents and marks mean nothing, except in
                an alias that begins with «=». A name with such an alias of itself (`{"Orange":
                ["=Orange"]}`) counts only as written.

        Raises:
            UsageError: a name without a letter or digit, or two names written alike.
        """
        found: list[Alias] = []
        owner: dict[str, int] = {}
        for number, (name, others) in enumerate(names.items()):
            for text in (name, *others):
                plain = text.removeprefix(AS_WRITTEN)
                if text == name and AS_WRITTEN + name in others:
                    continue
                hashes, joined = _tokens(plain)
                if not joined:
                    raise UsageError("a brand's name has no letter or digit", name=text)
                if owner.setdefault(joined, number) != number:
                    raise UsageError("two brands' names are written alike", name=plain)
                found.append(Alias(number, plain, hashes, joined, text != plain))
        return cls(tuple(names), tuple(found))

    def __len__(self) -> int:
        return len(self.names)


def _tokens(text: str) -> tuple[tuple[int, ...], str]:
    folded = fold(pa.array([text]))
    tokens = tokens_of(folded)
    words = folded.strings(tokens.start, tokens.end).to_pylist()
    kept = [i for i, word in enumerate(words) if word.isalnum()]
    return tuple(int(tokens.hash[i]) for i in kept), "".join(words[i] for i in kept)
