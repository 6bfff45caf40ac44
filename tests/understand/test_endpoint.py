"""Embeddings of an endpoint: asked once, in order, at that address, and never said in an error."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from fake_endpoint import embedded, fake_endpoint

from connu.kernel.errors import MissingExtraError, ModelError, SettingsError
from connu.understand.answer_cache import VectorCache
from connu.understand.endpoint import Cost, Endpoint, EndpointEncoder, tokens_of

pytest.importorskip("openai", reason="the extra endpoint is not installed")

_TEXTS = ["a parcel", "bad cab", "", "café", "a parcel"]


def _good(path, body, before):
    assert path == "/v1/embeddings"
    return 200, {}, embedded(body["input"])


@pytest.fixture
def cache(tmp_path):
    return VectorCache(tmp_path / "cache" / "vectors.bin")


def _encoder(url, cache, **more) -> EndpointEncoder:
    return EndpointEncoder(Endpoint(url, "fake", **more), cache)


def test_texts_become_rows_in_their_order(cache):
    with fake_endpoint(_good) as fake:
        encoder = _encoder(fake.url, cache)
        rows = encoder.encode(_TEXTS)
        assert encoder.name == "endpoint:fake"
        assert [body["input"] for body in fake.asked] == [["a parcel", "bad cab", ".", "café"]]
        assert fake.asked[0]["model"] == "fake"
    wanted = np.array([[1, 2, 0, 1], [1, 2, 2, 1], [1, 0, 0, 0], [1, 1, 0, 1], [1, 2, 0, 1]])
    np.testing.assert_allclose(rows, wanted / np.linalg.norm(wanted, axis=1)[:, None], atol=1e-6)
    assert rows.dtype == np.float32


def test_what_is_known_is_not_asked_again(cache, tmp_path):
    with fake_endpoint(_good) as fake:
        first = _encoder(fake.url, cache).encode(_TEXTS)
        later = _encoder(fake.url, VectorCache(tmp_path / "cache" / "vectors.bin"))
        assert later.cost([*_TEXTS, "new"]) == Cost(1, 4, 1, 3, 1)
        np.testing.assert_array_equal(later.encode(_TEXTS), first)
        assert len(fake.asked) == 1
        later.encode(["new"])
        assert fake.asked[1]["input"] == ["new"]
        other = EndpointEncoder(Endpoint(fake.url, "another"), cache)
        assert other.cost(["a parcel"]).texts == 1


def test_the_cost_is_told_and_nothing_sent(cache):
    with fake_endpoint(_good) as fake:
        encoder = _encoder(fake.url, cache)
        cost = encoder.cost([f"text {n}" for n in range(600)] + ["x" * 100_000])
        assert (cost.texts, cost.cached, cost.requests) == (601, 0, 3)
        assert cost.characters == sum(len(f"text {n}") for n in range(600)) + 8_000
        assert cost.tokens == tokens_of(cost.characters) == -(-cost.characters // 3)
        assert fake.asked == []
    assert cost.price(0.02) == pytest.approx(cost.tokens * 0.02 / 1e6)


def test_no_request_is_too_large(cache):
    with fake_endpoint(_good) as fake:
        rows = _encoder(fake.url, cache).encode([f"{n} " + "a" * 7_000 for n in range(60)])
        assert rows.shape == (60, 4)
        sizes = [[len(text) for text in body["input"]] for body in fake.asked]
    assert len(sizes) == 3 and all(sum(size) <= 200_000 for size in sizes)


def test_a_key_comes_from_its_variable(cache, monkeypatch):
    monkeypatch.setenv("THE_KEY", "s3cret")
    monkeypatch.setenv("OPENAI_API_KEY", "not this one")
    with fake_endpoint(_good) as fake:
        _encoder(fake.url, cache, key_variable="THE_KEY").encode(["a"])
        _encoder(fake.url, cache).encode(["b"])
        assert fake.keys == ["Bearer s3cret", "Bearer none"]
    monkeypatch.delenv("THE_KEY")
    with pytest.raises(SettingsError, match="THE_KEY"):
        _encoder("http://127.0.0.1:9/v1", cache, key_variable="THE_KEY")


def test_patience_is_kept_with_a_busy_service(cache):
    def busy(path, body, before):
        if before < 2:
            return 429, {"retry-after-ms": "1"}, {"error": {"message": "slow down"}}
        return _good(path, body, before)

    with fake_endpoint(busy) as fake:
        assert _encoder(fake.url, cache).encode(["a"]).shape == (1, 4)
        assert len(fake.asked) == 3


def test_what_was_answered_before_a_failure_is_kept(cache):
    def breaks(path, body, before):
        if before:
            return 500, {"x-should-retry": "false"}, {"error": {"message": "no"}}
        return _good(path, body, before)

    texts = [f"text {n}" for n in range(300)]
    with fake_endpoint(breaks) as fake:
        encoder = _encoder(fake.url, cache)
        with pytest.raises(ModelError, match="status 500"):
            encoder.encode(texts)
        assert encoder.cost(texts).cached == 256


_SECRET = "my name is Ada Example"


@pytest.mark.parametrize(
    ("status", "answer", "why"),
    [
        (401, {"error": {"message": f"bad key for {_SECRET}"}}, "does not take the key"),
        (400, {"error": {"message": _SECRET}}, "status 400"),
        (404, {"error": {"message": "no model"}}, "status 404"),
        (302, {}, "status 302"),
        (200, b"not json", "endpoint"),
        (200, {"data": []}, "endpoint"),
        (200, {"data": [{"index": 0, "embedding": []}]}, "not one vector a text"),
        (200, {"data": [{"index": 0, "embedding": ["x"]}]}, "not one vector a text"),
        (200, {"data": [{"index": 3, "embedding": [1.0]}]}, "not one vector a text"),
        (200, embedded([_SECRET, "b"]), "not one vector a text"),
    ],
)
def test_a_bad_answer_is_told_without_what_was_sent(cache, status, answer, why):
    def bad(path, body, before):
        headers = {"x-should-retry": "false", "Location": "http://127.0.0.1:9/elsewhere"}
        return status, headers, answer

    with fake_endpoint(bad) as fake:
        with pytest.raises(ModelError, match=why) as raised:
            _encoder(fake.url, cache).encode([_SECRET])
        assert len(fake.asked) == 1
    assert "Ada" not in str(raised.value.as_dict())
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None or raised.value.__suppress_context__


def test_who_does_not_answer_in_time_is_given_up(cache):
    with fake_endpoint(_good, seconds=1.0) as fake:
        encoder = _encoder(fake.url, cache, timeout_seconds=0.1, retries=0)
        with pytest.raises(ModelError, match="in time"):
            encoder.encode(["a"])
    with pytest.raises(ModelError, match="cannot be reached"):
        _encoder(fake.url, cache, retries=0).encode(["a"])


@pytest.mark.parametrize(
    "url", ["", "host/v1", "ftp://host/v1", "http://", "http://[", "file:///x"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(SettingsError, match="address"):
        Endpoint(url, "fake")


def test_a_password_in_the_address_is_refused():
    with pytest.raises(SettingsError) as raised:
        Endpoint("https://me:s3cret@host/v1", "fake")
    assert "s3cret" not in str(raised.value.as_dict())


def test_without_the_client_the_error_names_the_extra(cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingExtraError) as raised:
        _encoder("http://127.0.0.1:9/v1", cache)
    assert "connu[endpoint]" in str(raised.value.hint)
