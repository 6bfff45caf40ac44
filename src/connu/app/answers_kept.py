"""What endpoints answered, kept only as long as the texts are there.

Vectors and proposed codes lie under `.connu/cache`, by digests of the masked texts. A build, and
whoever forgets somebody, keeps those of the verbatims that are still listened to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from connu.app.chats import answers_folder, open_chat, theme_answers_folder
from connu.app.encoders import brand_endpoint
from connu.app.heard import Heard
from connu.kernel.settings import Settings
from connu.understand.answer_cache import AnswerCache, VectorCache
from connu.understand.chat_codes import keep_codes
from connu.understand.codebook import Codebook
from connu.understand.encoder import vectors_path
from connu.understand.endpoint import keep_vectors
from connu.understand.masking import mask

#: Texts masked at a time.
_PART = 20_000


def keep_answers(
    folder: Path, settings: Settings, codebook: Codebook, heard: Heard, asked: Iterable[str] = ()
) -> int:
    """Forget what endpoints answered of texts that are no more; how many answers are forgotten.

    Where settings no longer say whom was asked, all of it. Proposals of themes, which were made
    from many texts together, are forgotten always. Nothing is sent, and no key is needed. Costs
    one masking of all texts, where there is anything to forget.

    Args:
        folder, settings, codebook: the brand's.
        heard: the verbatims that are listened to.
        asked: what else has vectors: the codebook's own texts.
    """
    said = settings.understand
    gone = AnswerCache(theme_answers_folder(folder)).keep(())
    vectors = vectors_path(folder)
    if vectors.is_file():
        if said.endpoint_url is None or said.embedding_model is None:
            vectors.unlink(missing_ok=True)
            gone += 1
        else:
            endpoint = brand_endpoint(said, said.embedding_model, "embedding_model")
            texts = (*_masked(heard), *mask(pa.array(asked, pa.string())).to_pylist())
            gone += keep_vectors(endpoint, VectorCache(vectors), texts)
    if answers_folder(folder).is_dir():
        chat = open_chat(settings, folder, codebook, asks=False)
        if chat is None:
            gone += AnswerCache(answers_folder(folder)).keep(())
        else:
            gone += keep_codes(chat, _masked(heard))
    return gone


def _masked(heard: Heard) -> Iterator[str]:
    """The verbatims as they are sent: without their writers' names."""
    for first in range(0, len(heard), _PART):
        table = heard.table.slice(first, _PART)
        names = table["names"].combine_chunks()
        yield from mask(table["text"].combine_chunks(), names).to_pylist()
