"""Fine-tuning: MiniLM taught the brand's own labels, all its layers, in some minutes.

It needs PyTorch (extra `finetune`), once; what it leaves is a folder that codes without it
(`fine_tuned`). The labelled texts are dealt to folds, and one model is taught without each: what it
says of that fold is what thresholds are found on, never what it learnt from. The model that is kept
is the mean of all their weights, which began at the same place: no text is lost to holding out, at
the price of one model (measured on texts held out: as good as a model that saw more of them). It is
always used beside n-grams, never alone: they know the words it has no pieces for, and labels of few
texts.

Measured on the two sets named in docs/encoders.md; rates were chosen on texts held out of those
that are learnt, not on those that are judged.

Source: Devlin et al., NAACL 2019 (fine-tuning); Loshchilov & Hutter, Decoupled weight decay, ICLR
2019; Mosbach et al., On the stability of fine-tuning BERT, ICLR 2021 (warm-up, enough steps);
Izmailov et al., Averaging weights, UAI 2018; Wortsman et al., Model soups, ICML 2022.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from connu.kernel.errors import MissingExtraError, UsageError
from connu.understand.bert_graph import Head
from connu.understand.fine_tuned import FineTuned, save_fine_tuned, taught_digest
from connu.understand.minilm import HEADS, checked_file, minilm_weights
from connu.understand.onnx_encoder import TOKENIZER
from connu.understand.token_batches import Tokenizer, padded

if TYPE_CHECKING:
    from connu.understand.bert_torch import Bert

#: Labelled texts below which teaching all layers is worth nothing.
LEAST_TEXTS = 500
#: Batches that are sorted by length together: chance between them, little padding within.
_POOL = 32
#: Of the head's first weights: the same for all folds, or their mean would mean nothing.
_HEAD_SEED = 0
#: Steps after which weights are averaged: not every one, as it takes time.
_AVERAGED = 4


@dataclass(frozen=True)
class Recipe:
    """How MiniLM is taught. The defaults need no change.

    Attributes:
        rate: learning rate of its layers.
        head_rate: of the head, which begins at nothing.
        epochs: how often each text is seen.
        batch: texts a step.
        pieces: word pieces of a text that are read.
        dropout: 0–1.
        warm_share: of the steps, over which rates grow (0–1); then they fall to 0.
        decay: of weights (AdamW), not of biases, norms and embeddings.
        average: of the weights that are kept, the share that a step leaves as it was (0–1): the
            mean of the last 200 steps generalises better than the last one does.
        folds: parts the texts are dealt to, each held out once; 2 at least.
        seed: of whatever is drawn.
        threads: more than 1: all folds are taught at once, a thread each.
    """

    rate: float = 2e-4
    head_rate: float = 1e-3
    epochs: int = 3
    batch: int = 32
    pieces: int = 96
    dropout: float = 0.1
    warm_share: float = 0.1
    decay: float = 0.01
    average: float = 0.995
    folds: int = 3
    seed: int = 0
    threads: int = 2


def fine_tune(
    texts: Sequence[str],
    truth: np.ndarray,
    labels: Sequence[str],
    folder: Path,
    *,
    recipe: Recipe | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """Teach MiniLM, and write what it became to a folder that `FineTuned` opens.

    Args:
        texts: labelled by hand.
        truth: bool (texts, labels): any number of labels a text.
        labels: their names.
        folder: written whole, or not at all.
        progress: told the steps done and the steps there are.

    Returns:
        float32 (texts, labels): what is said of each text by a model that did not learn from it,
        computed as it will be. Equal texts are held out together.

    Raises:
        MissingExtraError: PyTorch, or the weights of MiniLM, are not installed.
        ModelError: the weights are not those that are known.
        UsageError: fewer than 500 texts, or no label.

    Cost: 0.03 s of a core a text and time it is seen (8,000 texts, six times: 12 min on 2 cores);
    3 GB.
    """
    recipe = recipe or Recipe()
    if len(texts) < LEAST_TEXTS or not len(labels):
        raise UsageError(
            f"fine-tuning needs {LEAST_TEXTS} labelled texts and a label, not {len(texts)}",
            hint="code more texts; n-grams do better with few",
        )
    fold = _folds(texts, recipe)
    tokenizer = checked_file(TOKENIZER)

    def save(where: Path, weights: dict[str, np.ndarray], head: Head) -> FineTuned:
        save_fine_tuned(
            where,
            weights,
            head,
            labels,
            heads=HEADS,
            pieces=recipe.pieces,
            tokenizer=tokenizer,
            digest=taught_digest(texts, truth, labels, repr(recipe)),
        )
        return FineTuned(where, threads=recipe.threads)

    def teach(number: int) -> tuple[dict[str, np.ndarray], Head]:
        learnt = np.flatnonzero(fold != number)
        return _taught(
            [texts[row] for row in learnt.tolist()],
            truth[learnt],
            replace(recipe, seed=recipe.seed + number),
            None if progress is None else partial(_add, progress, steps, number),
        )

    # done, and to be done, of each fold: theirs are of nearly one size until they begin
    steps = np.zeros((recipe.folds, 2), np.int64)
    steps[:, 1] = recipe.epochs * math.ceil(len(texts) * (1 - 1 / recipe.folds) / recipe.batch)
    told = np.zeros(truth.shape, np.float32)
    made = []
    for number, (weights, head) in enumerate(_at_once(teach, recipe)):
        held = np.flatnonzero(fold == number)
        with TemporaryDirectory() as place:
            model = save(Path(place) / "model", weights, head)
            told[held] = model.probabilities([texts[row] for row in held.tolist()])
        made.append((weights, head))
    mean = {name: _mean([one[name] for one, _ in made]) for name in made[0][0]}
    head = Head(_mean([one.weight for _, one in made]), _mean([one.bias for _, one in made]))
    save(folder, mean, head)
    return told


def _mean(values: list[np.ndarray]) -> np.ndarray:
    return np.asarray(np.mean(values, axis=0, dtype=np.float64), np.float32)


def _at_once(
    teach: Callable[[int], tuple[dict[str, np.ndarray], Head]], recipe: Recipe
) -> list[tuple[dict[str, np.ndarray], Head]]:
    """All folds, each in a thread that computes alone: batches are too small to be shared."""
    try:
        import torch
    except ImportError:
        raise MissingExtraError(
            "fine-tuning needs PyTorch", hint="pip install 'connu[finetune]'"
        ) from None
    before = torch.get_num_threads()
    workers = recipe.folds if recipe.threads > 1 else 1
    try:
        with ThreadPoolExecutor(workers, initializer=partial(torch.set_num_threads, 1)) as pool:
            return list(pool.map(teach, range(recipe.folds)))
    finally:
        torch.set_num_threads(before)


def _folds(texts: Sequence[str], recipe: Recipe) -> np.ndarray:
    """int64 (texts,): the fold of each, equal texts together."""
    number: dict[str, int] = {}
    of = np.array([number.setdefault(text, len(number)) for text in texts], np.int64)
    drawn = np.random.default_rng(recipe.seed).permutation(len(number))
    made: np.ndarray = drawn[of] % recipe.folds
    return made


def _add(
    progress: Callable[[int, int], None], steps: np.ndarray, number: int, done: int, own: int
) -> None:
    """A fold's progress as all folds'."""
    steps[number] = done, own
    progress(int(steps[:, 0].sum()), int(steps[:, 1].sum()))


def _taught(
    texts: Sequence[str],
    truth: np.ndarray,
    recipe: Recipe,
    progress: Callable[[int, int], None] | None,
) -> tuple[dict[str, np.ndarray], Head]:
    from connu.understand.bert_torch import Bert

    tokenizer = Tokenizer(checked_file(TOKENIZER), recipe.pieces)
    numbers = tokenizer.numbers(texts)
    pieces = np.unique(np.concatenate([*numbers, np.array([tokenizer.pad])]))
    bert = Bert(
        minilm_weights(),
        heads=HEADS,
        labels=truth.shape[1],
        pieces=pieces,
        places=recipe.pieces,
        dropout=recipe.dropout,
        chance=np.random.default_rng(_HEAD_SEED),
        shares=truth.mean(0),
    )
    _learn(bert, numbers, truth, recipe, tokenizer.pad, progress)
    return bert.learnt()


def _learn(
    bert: Bert,
    numbers: list[np.ndarray],
    truth: np.ndarray,
    recipe: Recipe,
    pad: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits as loss_of

    lengths = np.array([len(one) for one in numbers])
    places = bert.numbers_of(numbers)
    nothing = int(bert.numbers_of([np.array([pad])])[0][0])
    wanted = torch.from_numpy(truth.astype(np.float32))
    chance = np.random.default_rng(recipe.seed)
    dropping = torch.Generator().manual_seed(recipe.seed)
    steps = recipe.epochs * math.ceil(len(numbers) / recipe.batch)
    optimizer = torch.optim.AdamW(_groups(bert, recipe), fused=True)
    warm = max(1, round(recipe.warm_share * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda t: min((t + 1) / warm, max(0.0, (steps - t) / max(1, steps - warm)))
    )
    mean = {name: one.detach().clone() for name, one in bert.parameters.items()}
    done = 0
    for _ in range(recipe.epochs):
        for rows in _shuffled(lengths, recipe.batch, chance):
            ids, mask = padded([places[row] for row in rows], nothing)
            seen = torch.from_numpy(mask.astype(np.bool_))
            logits = bert.logits(torch.from_numpy(ids), seen, dropping)
            loss_of(logits, wanted[torch.from_numpy(rows)]).backward()
            torch.nn.utils.clip_grad_norm_(bert.parameters.values(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            done += 1
            if done % _AVERAGED == 0 or done == steps:
                # the first steps count little, as few as there may be
                kept = min(recipe.average, (1 + done) / (10 + done)) ** _AVERAGED
                with torch.no_grad():
                    for name, one in bert.parameters.items():
                        mean[name].lerp_(one, 1 - kept)
            if progress is not None:
                progress(done, steps)
    with torch.no_grad():
        for name, one in bert.parameters.items():
            one.copy_(mean[name])


def _groups(bert: Bert, recipe: Recipe) -> list[dict[str, Any]]:
    """Parameters with their rate and decay."""
    groups = []
    for name, parameter in bert.parameters.items():
        decays = parameter.ndim > 1 and not name.startswith("embeddings.")
        groups.append(
            {
                "params": [parameter],
                "lr": recipe.head_rate if name.startswith("head") else recipe.rate,
                "weight_decay": recipe.decay if decays else 0.0,
            }
        )
    return groups


def _shuffled(lengths: np.ndarray, batch: int, chance: np.random.Generator) -> Iterator[np.ndarray]:
    """Batches of an epoch: drawn, sorted by length within pools, in an order by chance."""
    order = chance.permutation(len(lengths))
    made = []
    for begin in range(0, len(order), batch * _POOL):
        pool = order[begin : begin + batch * _POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        made += [pool[at : at + batch] for at in range(0, len(pool), batch)]
    for place in chance.permutation(len(made)):
        yield made[place]
