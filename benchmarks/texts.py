"""Texts as they come: whose language, whose words, and what of them is masked.

    python -m benchmarks.texts                    everything, about three minutes
    python -m benchmarks.texts --only languages   one part (may be repeated)

- languages: connu beside lingua alone, restricted to French and English, on the 10,574 English and
  6,000 French texts of `understand`. «By file» counts what the file says; but its French texts hold
  153 English ones, and 396 texts («Top», «Cool») are said so in both languages. «By hand» counts as
  judged (language_labels.toml), and leaves out what is either or neither. The lists of
  languages.toml were written knowing some of what lingua gets wrong here; dictionaries were not.
- masking: made-up personal data put into texts of the same files, and how much of it is masked to
  the letter; and of how many texts as they came something is masked.
- own words: a made-up brand, of which is known where in each text a statement stands: how many of
  them are kept, and how much else is. Its texts were in sight when the patterns were written.

Speed is of processor time, one core, after what is loaded once.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.datasets import data_folder

_FILES = {"feedback_en.jsonl": "en", "app_reviews_fr.jsonl": "fr"}
_SHORT = 30


def read_texts() -> tuple[pa.Array, list[str], list[str]]:
    """The texts of both files, their ids, and the language that the file says."""
    texts, ids, files = [], [], []
    for name, language in _FILES.items():
        with open(data_folder() / "understand" / name, encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                texts.append(row["text"])
                ids.append(row["id"])
                files.append(language)
    return pa.array(texts, pa.string()), ids, files


def language_labels(ids: list[str], files: list[str]) -> np.ndarray:
    """Per text fr, en, either or neither, by hand where it was judged, else as the file says."""
    path = Path(__file__).with_name("language_labels.toml")
    judged = tomllib.loads(path.read_text(encoding="utf-8"))
    names = {"english": "en", "french": "fr", "either": "either", "neither": "neither"}
    by_hand = {one: name for key, name in names.items() for one in judged[key].split()}
    return np.array([by_hand.get(one, file) for one, file in zip(ids, files, strict=True)])


def judged(found: pa.Array, labels: np.ndarray, texts: pa.Array) -> tuple[float, float]:
    """Shares right of the texts in French or English: of all, and of those under 30 characters."""
    asked = np.isin(labels, ["fr", "en"])
    right = pc.fill_null(found, "").to_numpy(zero_copy_only=False) == labels
    short = pc.utf8_length(texts).to_numpy() < _SHORT
    return float(right[asked].mean()), float(right[asked & short].mean())


def show_languages() -> None:
    """Print lingua alone and connu."""
    from lingua import Language, LanguageDetectorBuilder

    from connu.understand.languages import languages

    texts, ids, files = read_texts()
    labels = language_labels(ids, files)
    builder = LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.FRENCH)
    quick = LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.FRENCH)

    def alone(detector: Any) -> Callable[[], pa.Array]:
        return lambda: pa.array(
            [
                None if one is None else one.iso_code_639_1.name.lower()
                for one in map(detector.detect_language_of, texts.to_pylist())
            ],
            pa.string(),
        )

    ways = {
        "lingua alone": alone(builder.build()),
        "lingua alone, low accuracy": alone(quick.with_low_accuracy_mode().build()),
        "connu, all from one source": lambda: languages(texts),
        "connu, a source a file": lambda: languages(texts, sources=pa.array(files)),
    }
    print("| languages | by file | under 30 | by hand | under 30 | texts/s |")
    print("|---|---|---|---|---|---|")
    for name, tell in ways.items():
        tell()
        found, speed = _timed(tell, len(texts))
        shares = (*judged(found, np.array(files), texts), *judged(found, labels, texts))
        print(f"| {name} | {' | '.join(f'{share:.4f}' for share in shares)} | {speed:,.0f} |")
    nothing = found.filter(pa.array(labels == "neither"))
    print(f"\nOf {len(nothing)} texts without a word, or in another language, "
          f"nothing is said of {nothing.null_count}.")  # fmt: skip


def planted(rng: np.random.Generator) -> tuple[str, str]:
    """Personal data of nobody: a kind, and how it may be written."""
    kind = str(rng.choice(list(_MADE)))
    return kind, _MADE[kind](rng)


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))


def _of(*ways: str) -> Callable[[np.random.Generator], str]:
    """Fills the signs # of one of the ways with digits."""

    def write(rng: np.random.Generator) -> str:
        way = str(rng.choice(ways))
        return "".join(_digits(rng, 1) if sign == "#" else sign for sign in way)

    return write


def _card(rng: np.random.Generator) -> str:
    """Sixteen digits whose last is Luhn's."""
    number = "4" + _digits(rng, 14)
    doubled = [int(digit) * 2 for digit in number[::-2]]
    total = sum(value - 9 * (value > 9) for value in doubled) + sum(map(int, number[-2::-2]))
    number += str(-total % 10)
    return " ".join(number[at : at + 4] for at in range(0, 16, 4))


def _iban(rng: np.random.Generator) -> str:
    account = _digits(rng, 23)
    key = 98 - int(account + "152700") % 97  # F is 15, R is 27
    whole = f"FR{key:02}{account}"
    return " ".join(whole[at : at + 4] for at in range(0, 27, 4))


_MADE: dict[str, Callable[[np.random.Generator], str]] = {
    "email": _of("jean.dupont##@exemple.fr", "a_b-c@mail.example.co.uk", "jd## @ exemple.com"),
    "phone": _of("06 ## ## ## ##", "07.##.##.##.##", "01-##-##-##-##", "+33 6 ## ## ## ##",
                 "06########", "+44 7700 9#####", "020 7946 0###", "0033 6 ## ## ## ##"),
    "card": _card,
    "iban": _iban,
    "number": _of("commande n° ######", "ma commande ########", "order #######", "Order no. AB####",
                  "client n°#####", "dossier : 20##-#####"),
    "address": _of("## rue des Lilas, 75### Paris", "1# bis avenue Victor Hugo", "1# Baker Street",
                   "2## High Road, London N1# 4AB"),
    "url": _of("https://boutique.example/suivi?id=#####", "www.shop.example/orders/######"),
    "handle": _of("@jean_dup##", "@sophie.m"),
    "ip": _of("192.168.1.1##"),
    "name": _of("je m'appelle Jean Dupont", "my name is Jane Smith", "Mme Durand", "Mr O'Brien"),
}  # fmt: skip
#: What stands before what is masked, in the ways above.
_LEFT = ("commande n° ", "ma commande ", "order ", "Order no. ", "client n°", "dossier : ",
         "je m'appelle ", "my name is ", "Mme ", "Mr ")  # fmt: skip


def show_masking(seed: int = 1) -> None:
    """Print how much of what was planted is masked, how much is that was not, and speeds."""
    from connu.understand.masking import MASK, mask

    texts, _, _ = read_texts()
    rng = np.random.default_rng(seed)
    kinds, soiled, asked = [], [], []
    for text in texts.to_pylist():
        kind, made = planted(rng)
        before = next((words for words in _LEFT if made.startswith(words)), "")
        kinds.append(kind)
        soiled.append(f"{text} {made}. {text[:20]}")
        asked.append((len(text) + 1 + len(before), len(text) + 1 + len(made)))
    mask(texts)
    clean, speed = _timed(lambda: mask(texts), len(texts))
    masked, slow = _timed(lambda: mask(pa.array(soiled)), len(texts))
    hidden = np.array(
        [set(text[a:b]) == {MASK} for text, (a, b) in zip(masked.to_pylist(), asked, strict=True)]
    )
    print("| planted | texts | masked to the letter |\n|---|---|---|")
    for kind in _MADE:
        rows = np.array(kinds) == kind
        print(f"| {kind} | {rows.sum():,} | {hidden[rows].mean():.4f} |")
    touched = pc.sum(pc.not_equal(clean, texts)).as_py()
    print(f"\nOf {len(texts):,} texts as they came, something is masked in {touched:,}. "
          f"{speed:,.0f} texts/s as they came, {slow:,.0f} with some in each.")  # fmt: skip


def show_own_words(people: int = 4_000) -> None:
    """Print how many statements of a made-up brand lie in what is kept."""
    from connu.engine.duckdb import DuckEngine
    from connu.kernel.progress import Silent
    from connu.kernel.settings import read_settings
    from connu.sample.brand import make_brand
    from connu.sources.load import load_sources
    from connu.understand.boilerplate import own_words

    with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as temporary:
        brand = Path(temporary) / "brand"
        make_brand(brand, people=people, seed=1, progress=Silent())
        engine = DuckEngine(Path(temporary) / "workspace")
        load_sources(engine, read_settings(brand), brand)
        rows = engine.collect("SELECT source, verbatim_id, text FROM verbatims ORDER BY ALL")
        engine.close()
        with open(brand / "truth" / "statements.csv", encoding="utf-8") as file:
            said = list(csv.DictReader(file))
    texts = rows["text"].combine_chunks()
    at = {
        key: row
        for row, key in enumerate(
            zip(rows["source"].to_pylist(), rows["verbatim_id"].to_pylist(), strict=True)
        )
    }
    found = own_words(texts)
    kept = [np.zeros(len(text.as_py()), bool) for text in texts]
    for text, start, end in zip(found.text, found.start, found.end, strict=True):
        kept[text][start:end] = True
    whole, lost, stated = 0, 0, [np.zeros(len(one), bool) for one in kept]
    aside = found.aside.to_pylist()
    for one in said:
        row = at.get((one["source"], one["verbatim_id"]))
        if row is None:
            continue
        place = slice(int(one["start"]), int(one["end"]))
        stated[row][place] = True
        if aside[row] == "duplicate":
            continue
        whole += bool(kept[row][place].all())
        lost += not kept[row][place].all()
    words = [sum(text.as_py()[i].isalnum() for i in np.flatnonzero(k & ~s))
             for text, k, s in zip(texts, kept, stated, strict=True)]  # fmt: skip
    others = [sum(text.as_py()[i].isalnum() for i in np.flatnonzero(~s))
              for text, s in zip(texts, stated, strict=True)]  # fmt: skip
    real, _, _ = read_texts()
    own_words(real)
    _, speed = _timed(lambda: own_words(real), len(real))
    print(f"{whole:,} of {whole + lost:,} statements are kept whole; of the letters that are no "
          f"statement {1 - sum(words) / sum(others):.4f} are set aside. Texts set aside whole: "
          f"{found.counts}. {speed:,.0f} texts/s of feedback.")  # fmt: skip


def _timed(tell: Callable[[], Any], texts: int) -> tuple[Any, float]:
    """What is told, and texts per second of processor time."""
    begun = time.process_time()
    told = tell()
    return told, texts / (time.process_time() - begun)


_PARTS = {"languages": show_languages, "masking": show_masking, "own_words": show_own_words}


def main() -> None:
    """Measure and print, part by part."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=list(_PARTS))
    for name in parser.parse_args().only or _PARTS:
        print(f"\n## {name}\n")
        _PARTS[name]()


if __name__ == "__main__":
    main()
