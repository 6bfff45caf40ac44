"""Codes that a chat model proposes: each text by itself, asked for once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import msgspec

from connu.kernel.errors import ModelError
from connu.understand.chat import DATA, Chat, Patience, as_data, granted_texts
from connu.understand.chat_answers import (
    MALFORMED,
    MOST_STATEMENTS,
    checked_statements,
    codes_schema,
)
from connu.understand.codes import CodedStatement
from connu.understand.endpoint import Cost, tokens_of

_KIND = "codes"
#: Of an answer, about, for its cost: statements, and tokens of one.
_STATEMENTS, _TOKENS = 3, 80

_ASK = (
    "You code what customers say of a brand. " + DATA + "Cut the verbatim into statements, each of "
    "which says one thing about one theme of the codebook, and give for each: quote – the shortest "
    "stretch of the verbatim that says it, copied exactly, with any negation; theme – of the "
    "codebook; polarity – positive, negative or neutral; status – met: as it should be, unmet: not "
    "as it should be, unknown: wished for or demanded without saying that it is bad today; form – "
    "wish, should (a demand), lack, comparison, regret, complaint, praise or none; addressee – "
    "brand, peers (a tip to other customers) or other; relation – inside: said as a customer, "
    "outside: said as a citizen. Irony is coded by what is meant. A verbatim that speaks of no "
    "theme has no statements.\n\nThe codebook:\n"
)


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one text.

    Attributes:
        statements: in the order of the text; every one stands at an exact quote.
        refused: what was refused of the answer, by reason.
        failure: why there is no answer; None where there is one.
    """

    statements: tuple[CodedStatement, ...] = ()
    refused: dict[str, int] = field(default_factory=dict)
    failure: str | None = None


class _Kept(msgspec.Struct):
    statements: tuple[CodedStatement, ...]
    refused: dict[str, int]


def codes_cost(chat: Chat, texts: Sequence[str], granted: Sequence[bool]) -> Cost:
    """What `propose_codes` would take; nothing is sent.

    Args, raises: as `propose_codes`.
    """
    wanted = set(granted_texts(texts, granted).values())
    missing = [text for text in wanted if _known(chat, text) is None]
    signs = sum(len(as_data(verbatim=text)) + len(_ASK + chat.listed) for text in missing)
    answers = len(missing) * _STATEMENTS * _TOKENS
    cached = len(wanted) - len(missing)
    return Cost(len(missing), cached, len(missing), signs, tokens_of(signs), answers)


def propose_codes(
    chat: Chat, texts: Sequence[str], granted: Sequence[bool], *, parallel: int = 4
) -> list[Proposal | None]:
    """Codes for texts.

    Args:
        texts: masked; of a longer one the first 8,000 signs are read.
        granted: per text, whether its author granted the purpose; it is sent only then.
        parallel: requests at once.

    Returns:
        Per text its proposal, or None where it was not granted. After three failures in a row
        nothing more is asked, and the rest says so.

    Raises:
        UsageError: not as many grants as texts.
        ModelError: the cache cannot be written.
    """
    allowed = granted_texts(texts, granted)
    distinct = list(dict.fromkeys(allowed.values()))
    patience = Patience()
    with ThreadPoolExecutor(parallel) as pool:
        made = list(pool.map(lambda text: _proposed(chat, text, patience), distinct))
    by_text = dict(zip(distinct, made, strict=True))
    return [by_text[allowed[n]] if n in allowed else None for n in range(len(texts))]


def known_codes(chat: Chat, text: str) -> Proposal | None:
    """What was proposed for a text before; None where nothing was. Nothing is sent."""
    (sent,) = granted_texts([text], [True]).values()
    known = _known(chat, sent)
    return None if known is None else Proposal(known.statements, known.refused)


def keep_codes(chat: Chat, texts: Iterable[str]) -> int:
    """Forget what was answered, but for the codes of these texts; how many answers are forgotten.

    For a build: a text that was deleted takes its codes along.
    """
    given = list(dict.fromkeys(texts))
    kept = granted_texts(given, [True] * len(given)).values()
    return chat.cache.keep(chat.key(_KIND, [text]) for text in kept)


def _proposed(chat: Chat, text: str, patience: Patience) -> Proposal:
    known = _known(chat, text)
    if known is not None:
        return Proposal(known.statements, known.refused)
    themes = chat.codebook.names
    try:
        answer = patience.asked(
            chat, _ASK + chat.listed, as_data(verbatim=text), codes_schema(themes)
        )
    except ModelError as error:
        return Proposal(failure=error.message)
    checked = checked_statements(answer, text, themes)
    if checked is None:  # not kept: it may be asked again
        return Proposal(refused={MALFORMED: 1})
    made = _Kept(checked[0], dict(checked[1]))
    chat.cache.put(chat.key(_KIND, [text]), msgspec.json.encode(made))
    return Proposal(made.statements, made.refused)


def _known(chat: Chat, text: str) -> _Kept | None:
    """What was answered before, if it still can be."""
    data = chat.cache.get(chat.key(_KIND, [text]))
    if data is None:
        return None
    try:
        known = msgspec.json.decode(data, type=_Kept)
    except msgspec.MsgspecError:
        return None
    good = len(known.statements) <= MOST_STATEMENTS and all(
        one.theme in chat.codebook.names and 0 <= one.start < one.end <= len(text)
        for one in known.statements
    )
    return known if good else None
