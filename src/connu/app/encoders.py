"""Encoders of a brand: what its settings ask for, opened."""

from __future__ import annotations

from pathlib import Path

from connu.kernel.errors import SettingsError
from connu.kernel.settings import Settings, Understand
from connu.understand.encoder import ENDPOINT, Encoder, open_encoder
from connu.understand.endpoint import Endpoint


def brand_encoder(settings: Settings, folder: Path) -> Encoder | None:
    """The encoder of a brand; None where n-grams stand alone.

    Args:
        settings: [understand] encoder, and the endpoint's words.
        folder: the brand's.

    Raises:
        SettingsError: no such encoder, or an endpoint without address or model.
        MissingExtraError: an extra is not installed; the hint names it.
        ModelError: the encoder's files are not what they should be.
    """
    said = settings.understand
    endpoint = None
    if said.encoder == ENDPOINT:
        endpoint = brand_endpoint(said, said.embedding_model, "embedding_model")
    return open_encoder(
        said.encoder, folder=folder, endpoint=endpoint, threads=settings.engine.threads
    )


def brand_endpoint(said: Understand, model: str | None, setting: str) -> Endpoint:
    """The endpoint that settings name.

    Raises:
        SettingsError: there is no address, or no model.
    """
    if said.endpoint_url is None or model is None:
        missing = "endpoint_url" if said.endpoint_url is None else setting
        raise SettingsError(
            f"connu.toml: [understand] says nothing of {missing}",
            hint=f'{missing} = "…" in [understand]; see docs/encoders.md',
            setting=f"understand.{missing}",
        )
    return Endpoint(said.endpoint_url, model, said.endpoint_key)
