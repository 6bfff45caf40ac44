"""An endpoint: a service with OpenAI's interface, at an address the brand sets.

The one place where texts may leave the machine, and only where settings say so. Requests go to that
address and follow no redirection; the key comes from a variable of the environment that settings
name, and is in no file, log or error. What an answer costs is told before it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from connu.kernel.errors import MissingExtraError, ModelError, SettingsError
from connu.understand.answer_cache import VectorCache, content_key
from connu.understand.onnx_encoder import unit_rows

#: Code points of a token at least: of French and English some 3.5 and 4.
_SIGNS_A_TOKEN = 3.0
#: Texts and code points of a request at most, as endpoints commonly allow.
_TEXTS, _SIGNS = 256, 200_000
#: Code points of a text that are sent: what embeddings read is no longer.
_MOST_SIGNS = 8_000


@dataclass(frozen=True)
class Endpoint:
    """Where a service is, and how it is asked.

    Attributes:
        url: its address, up to and with `/v1`.
        model: which of its models.
        key_variable: the environment variable that holds its key; None: it needs none.
        timeout_seconds: of one request.
        retries: after a time-out, a 429 or a fault of the service, with growing pauses.
    """

    url: str
    model: str
    key_variable: str | None = None
    timeout_seconds: float = 60.0
    retries: int = 4

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            good = False
        if not good:
            raise SettingsError(
                "the endpoint's address is no http or https address",
                hint='as in url = "https://host.example/v1"',
                setting="url",
            )
        if parts.username or parts.password:
            raise SettingsError(
                "the endpoint's address holds a password",
                hint="put the key into a variable of the environment, and name it in key_variable",
                setting="url",
            )

    def client(self) -> Any:
        """The library's client, set up.

        Raises:
            MissingExtraError: the extra `endpoint` is not installed.
            SettingsError: the variable that is named holds nothing.
        """
        key = "none"
        if self.key_variable is not None:
            key = os.environ.get(self.key_variable, "").strip()
            if not key:
                raise SettingsError(
                    f"the variable {self.key_variable}, which should hold the endpoint's key, "
                    "is empty",
                    hint=f"export {self.key_variable}=…",
                    setting="key_variable",
                )
        try:
            import openai
        except ImportError:
            raise MissingExtraError(
                "an endpoint needs its client", hint="pip install 'connu[endpoint]'"
            ) from None
        return openai.OpenAI(
            api_key=key,
            base_url=self.url,
            timeout=self.timeout_seconds,
            max_retries=self.retries,
            http_client=openai.DefaultHttpxClient(follow_redirects=False),
        )


@dataclass(frozen=True)
class Cost:
    """What asking would take.

    Attributes:
        texts: that are not in the cache, each once.
        cached: that are.
        requests: to be made.
        characters: to be sent, what is said around texts included.
        tokens: that are read, about: a third of the characters.
        answer_tokens: that are written, at most about.
    """

    texts: int
    cached: int
    requests: int
    characters: int
    tokens: int
    answer_tokens: int = 0

    def price(self, million_tokens: float, million_answer_tokens: float = 0.0) -> float:
        """The price, in the currency of what a million tokens cost.

        >>> Cost(10, 0, 1, 6_000, 2_000, 500).price(1.0, 4.0)
        0.004
        """
        return (
            self.tokens * million_tokens + self.answer_tokens * million_answer_tokens
        ) / 1_000_000


def tokens_of(characters: int) -> int:
    """About how many tokens, rather too many than too few."""
    return -(-characters // int(_SIGNS_A_TOKEN))


class EndpointEncoder:
    """Embeddings from an endpoint, each content asked for once.

    Args:
        endpoint: where.
        cache: what is known already; it holds vectors and digests, no texts.

    Raises:
        MissingExtraError, SettingsError: as `Endpoint.client`.
    """

    def __init__(self, endpoint: Endpoint, cache: VectorCache) -> None:
        self.name = f"endpoint:{endpoint.model}"
        self._endpoint, self._cache = endpoint, cache
        self._client = endpoint.client()

    def cost(self, texts: Sequence[str]) -> Cost:
        """What encoding these texts would take; nothing is sent."""
        distinct = self._distinct(texts)
        missing = self._cache.missing(distinct)
        signs = sum(len(distinct[key]) for key in missing)
        requests = sum(1 for _ in _requests([distinct[key] for key in missing]))
        return Cost(len(missing), len(distinct) - len(missing), requests, signs, tokens_of(signs))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, width), rows of length 1. What was answered before a failure is kept.

        Raises:
            ModelError: the endpoint does not answer, or not as it should.
        """
        keys = [self._key(text) for text in texts]
        distinct = self._distinct(texts)
        missing = self._cache.missing(distinct)
        for part in _requests([distinct[key] for key in missing]):
            asked = missing[part.start : part.stop]
            self._cache.add(asked, self._asked([distinct[key] for key in asked]))
        return self._cache.rows(keys)

    def _asked(self, texts: list[str]) -> np.ndarray:
        answer = answered(
            self._endpoint,
            lambda: self._client.embeddings.create(
                model=self._endpoint.model, input=texts, encoding_format="float"
            ),
        )
        try:
            data = sorted(answer.data, key=lambda one: one.index)
            rows = np.array([one.embedding for one in data], np.float32)
            good = [one.index for one in data] == list(range(len(texts))) and rows.ndim == 2
        except (AttributeError, TypeError, ValueError):
            good = False
        if not good or not rows.shape[1] or not np.isfinite(rows).all():
            raise ModelError(
                "the endpoint's answer is not one vector a text",
                hint="is the address that of embeddings, and the model one of them?",
                url=self._endpoint.url,
            )
        return unit_rows(rows)

    def _key(self, text: str) -> bytes:
        return _vector_key(self._endpoint, text)

    def _distinct(self, texts: Iterable[str]) -> dict[bytes, str]:
        return {self._key(text): _sent(text) for text in dict.fromkeys(texts)}


def keep_vectors(endpoint: Endpoint, cache: VectorCache, texts: Iterable[str]) -> int:
    """Forget what was answered, but for the vectors of these texts; how many are forgotten.

    For a build: a text that was deleted takes its vector along. Nothing is sent.
    """
    return cache.keep(_vector_key(endpoint, text) for text in texts)


def _vector_key(endpoint: Endpoint, text: str) -> bytes:
    return content_key(endpoint.url, endpoint.model, _sent(text))


def answered(endpoint: Endpoint, ask: Any) -> Any:
    """What a request answers; the library's errors as ours, without what was sent.

    Raises:
        ModelError: no answer after all tries, or a refusal; the hint says what to look at.
    """
    import openai

    try:
        return ask()
    except openai.APITimeoutError:
        why, hint = "does not answer in time", "try again later, or set a longer time-out"
    except openai.APIConnectionError:
        why, hint = "cannot be reached", "is its address right, and is it running?"
    except openai.AuthenticationError:
        why, hint = "does not take the key", "look at the variable that holds it"
    except openai.RateLimitError:
        why, hint = (
            "asks for patience (429), again and again",
            "try again later: what is known stays",
        )
    except openai.APIStatusError as error:
        why, hint = f"answers with status {error.status_code}", "look at its address and its model"
    except (openai.OpenAIError, ValueError, RecursionError):
        why, hint = "answers what is not understood", "is it one with OpenAI's interface?"
    raise ModelError(f"the endpoint {why}", hint=hint, url=endpoint.url, model=endpoint.model)


def _sent(text: str) -> str:
    """What of a text is sent: its beginning; of an empty one, a full stop, as endpoints refuse
    nothing at all."""
    cut = text.strip()[:_MOST_SIGNS].encode("utf-8", "replace").decode("utf-8")
    return cut or "."


def _requests(texts: Sequence[str]) -> Iterable[range]:
    """Which texts go together, in order."""
    begin, signs = 0, 0
    for place, text in enumerate(texts):
        if place > begin and (place - begin == _TEXTS or signs + len(text) > _SIGNS):
            yield range(begin, place)
            begin, signs = place, 0
        signs += len(text)
    if begin < len(texts):
        yield range(begin, len(texts))
