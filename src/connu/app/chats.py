"""The chat model of a brand: what its settings ask for, opened; and where its answers lie."""

from __future__ import annotations

from pathlib import Path

from connu.app.encoders import brand_endpoint
from connu.kernel.settings import Settings
from connu.ledger.expectations import CACHE_FOLDER
from connu.understand.answer_cache import AnswerCache
from connu.understand.chat import Chat
from connu.understand.codebook import Codebook


def answers_folder(folder: Path) -> Path:
    """Where a brand keeps what a chat model proposed for texts."""
    return folder / ".connu" / CACHE_FOLDER / "answers"


def theme_answers_folder(folder: Path) -> Path:
    """Where a brand keeps what a chat model proposed for the codebook."""
    return folder / ".connu" / CACHE_FOLDER / "themes"


def asked_chat(
    settings: Settings, folder: Path, codebook: Codebook, *, themes: bool = False
) -> Chat:
    """The chat model, to be asked.

    Args:
        settings, folder, codebook: the brand's.
        themes: whether themes are asked for, not codes.

    Raises:
        SettingsError: [understand] names no chat_model or no endpoint_url: it is off; or the
            variable of the key is empty.
        MissingExtraError: the extra `endpoint` is not installed.
    """
    said = settings.understand
    endpoint = brand_endpoint(said, said.chat_model, "chat_model")
    place = theme_answers_folder(folder) if themes else answers_folder(folder)
    return Chat(endpoint, codebook, AnswerCache(place))


def open_chat(
    settings: Settings, folder: Path, codebook: Codebook, *, asks: bool = True
) -> Chat | None:
    """The chat model; None where settings name none.

    Args:
        settings, folder, codebook: the brand's.
        asks: False: it only tells what it proposed before; nothing is sent, no key is needed.

    Raises:
        SettingsError, MissingExtraError: as `asked_chat`, where it asks.
    """
    said = settings.understand
    if said.endpoint_url is None or said.chat_model is None:
        return None
    if asks:
        return asked_chat(settings, folder, codebook)
    endpoint = brand_endpoint(said, said.chat_model, "chat_model")
    return Chat(endpoint, codebook, AnswerCache(answers_folder(folder)), asks=False)
