"""The mix of people: probabilities learnt on one mix, told of another.

Known customers are not a random sample of visitors: where half of them are women, six visitors in
ten may be. A probability that was right among the known is then wrong among visitors, and nothing
in their behaviour says so. Only two things do: a brand that knows its visitors' shares, or some
200 visitors whom somebody asked. Both are used here; the shares are never guessed from the
probabilities alone (expectation maximisation did that, and broke the case without shift).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from scipy.special import ndtri
from scipy.stats import beta

from connu.kernel.errors import UsageError, did_you_mean

#: Pseudo-people per value (Jeffreys): no value is impossible because nobody audited has it.
_SMOOTHING = 0.5
#: Below this a probability is as good as none; its logarithm stays finite.
TINY = 1e-12


class Shares(msgspec.Struct, frozen=True):
    """The shares of an attribute's values among visitors, with their intervals.

    Attributes:
        value: share of each value (k,), adding up to 1.
        low: lower bound of each.
        high: upper bound of each.
        asked: how many audited visitors it rests on.
    """

    value: list[float]
    low: list[float]
    high: list[float]
    asked: int


def named_shares(
    prior: Mapping[str, float], classes: Sequence[str], known: np.ndarray
) -> np.ndarray:
    """A brand's shares in the order of the classes: float64 (k,), adding up to 1.

    Values the brand does not name share what is left as they do among the known; where nothing is
    left, the brand's shares are made to add up to 1.

    >>> named_shares({"female": 0.6}, ["female", "male", "other"], np.array([0.5, 0.4, 0.1]))
    array([0.6 , 0.32, 0.08])

    Raises:
        UsageError: a share is given of a value that nobody known has.
    """
    for word in prior:
        if word not in classes:
            raise UsageError(
                f"a share is given of «{word}», which no known customer has",
                hint=did_you_mean(word, classes),
                setting="prior",
            )
    named = np.array([word in prior for word in classes])
    share = np.array([float(prior.get(word, 0.0)) for word in classes])
    others = np.where(named, 0.0, known)
    if others.sum() > 0:
        share += others / others.sum() * max(0.0, 1.0 - share.sum())
    if share.sum() <= 0:
        raise UsageError("the shares given leave no value possible", setting="prior")
    return share / share.sum()


def adjust(probability: np.ndarray, from_prior: np.ndarray, to_prior: np.ndarray) -> np.ndarray:
    """Probabilities learnt where the shares are `from_prior`, for where they are `to_prior`.

    Bayes: multiplied by to/from and made to add up to one. Right where the people of one value
    behave alike in both mixes; where behaviour's mix moved for other reasons too, see
    `matched_bias`. A row that is left with nothing says the shares themselves.

    >>> adjust(np.array([[0.5, 0.5]]), np.array([0.5, 0.5]), np.array([0.8, 0.2]))
    array([[0.8, 0.2]])

    Args:
        probability: (n, k), rows adding up to 1.
        from_prior: shares (k,) among those it was learnt and calibrated on.
        to_prior: shares (k,) among those it is told of.

    Source: Elkan, The foundations of cost-sensitive learning, IJCAI 2001, theorem 2; Saerens,
        Latinne & Decaestecker, Neural Computation 14 (2002), eq. 2.4.
    """
    before, after = np.asarray(from_prior, np.float64), np.asarray(to_prior, np.float64)
    ratio = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    moved = np.asarray(probability, np.float64) * ratio
    total = moved.sum(axis=1, keepdims=True)
    return np.where(total > 0, moved / np.where(total > 0, total, 1.0), after / after.sum())


def prior_weights(codes: np.ndarray, from_prior: np.ndarray, to_prior: np.ndarray) -> np.ndarray:
    """How many visitors each held-out known person stands for, where the mix is another: (n,).

    For `precision.risk_thresholds`, beside the held-out people's probabilities moved as the
    visitors' are: a precision promised on the known mix is not one on the visitors'. For nothing
    that is learnt.

    >>> prior_weights(np.array([0, 1, 1]), np.array([0.25, 0.75]), np.array([0.5, 0.5]))
    array([2.        , 0.66666667, 0.66666667])

    Args:
        codes: their values (n,), into the k classes.
        from_prior: shares (k,) among the known.
        to_prior: shares (k,) among visitors; people of a value that no visitor has weigh next to
            nothing.
    """
    before, after = np.asarray(from_prior, np.float64), np.asarray(to_prior, np.float64)
    ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0)
    return np.maximum(ratio, 1e-6)[np.asarray(codes, np.int64)]


def matched_bias(probability: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """What to add to visitors' log-probabilities (k,) so that they average to known shares.

    Where only the mix of people moved this is `adjust`; where the visitors' behaviour accounts for
    the mix already, nothing is added, while `adjust` would count the move twice. Apply with
    `biased`.

    Args:
        probability: of all visitors (m, k), calibrated on known people.
        prior: the visitors' known shares (k,), adding up to 1.

    Cost: some ten passes over (m, k) by Newton's method; the problem is convex.
    """
    target = np.asarray(prior, np.float64)
    log = np.log(np.maximum(np.asarray(probability, np.float64), TINY))
    possible = target > 0
    bias = np.where(possible, 0.0, -np.inf)
    if not len(log) or possible.sum() < 2:
        return bias
    log, target = log[:, possible], target[possible]
    moved = np.log(target) - np.log(np.maximum(softmax(log).mean(axis=0), TINY))
    for _ in range(50):
        p = softmax(log + moved)
        mean = p.mean(axis=0)
        gap = target - mean
        if np.abs(gap).max() < 1e-9:
            break
        curve = np.diag(mean) - p.T @ p / len(p)
        # Where nearly all is sure, hardly anything moves the mean: no step is a leap.
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(mean)), gap)
        step *= min(1.0, 3.0 / np.abs(step).max())
        # Nor does it leap over the answer and back for ever: the problem is convex, so a step
        # that ends where the slope points back is halved.
        while np.abs(step).max() > 1e-9:
            if (target - softmax(log + moved + step).mean(axis=0)) @ step >= 0:
                break
            step *= 0.5
        moved = moved + step
    # The sum over visitors depends on their order in its last bits; what is told must not.
    bias[possible] = np.round(moved - moved.mean(), 7)
    return bias


def biased(probability: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Probabilities (n, k) with `bias` (k,) added to their logarithms."""
    log = np.log(np.maximum(np.asarray(probability, np.float64), TINY))
    return softmax(log + bias)


def prior_from_audits(
    codes: np.ndarray, classes: int, weights: np.ndarray | None = None, confidence: float = 0.95
) -> Shares:
    """The visitors' shares from audits alone: Dirichlet, half a person added to each value.

    Args:
        codes: the audited values (a,), into the classes; below 0, of no class, are left out.
        classes: k.
        weights: how many visitors each audited one stands for (a,).
        confidence: of each value's interval.

    Source: Brown, Cai & DasGupta, Statistical Science 16 (2001) for the interval; Korn & Graubard,
        Survey Methodology 24 (1998), for the number of people that weighted ones are worth.
    """
    codes = np.asarray(codes, np.int64)
    weight = np.ones(len(codes)) if weights is None else np.asarray(weights, np.float64)
    codes, weight = codes[codes >= 0], weight[codes >= 0]
    asked = len(codes)
    seen, worth, kish = np.zeros(classes), np.zeros(classes), 0.0
    if asked:
        weight = weight / weight.sum()
        seen = np.minimum(np.bincount(codes, weight, minlength=classes), 1.0)
        kish = float(1 / np.square(weight).sum())
        # Weights that go with the values are worth what their variance says, in Korn & Graubard's
        # way: as many people drawn evenly would vary as much.
        residual = np.eye(classes)[codes] - seen
        variance = np.square(weight[:, None] * residual).sum(axis=0)
        exact = np.divide(
            seen * (1 - seen), variance, out=np.full(classes, kish), where=variance > 0
        )
        worth = np.minimum(exact, asked)
    count = seen * worth + _SMOOTHING
    rest = (1 - seen) * worth + _SMOOTHING * (classes - 1)
    tail = (1 - confidence) / 2
    low, high = np.ones(classes), np.ones(classes)
    if classes > 1:
        low, high = beta.ppf(tail, count, rest), beta.ppf(1 - tail, count, rest)
    share = seen * kish + _SMOOTHING
    return Shares((share / share.sum()).tolist(), low.tolist(), high.tolist(), asked)


def estimate_prior(
    probability: np.ndarray,
    rows: np.ndarray,
    codes: np.ndarray,
    weights: np.ndarray | None = None,
    confidence: float = 0.95,
) -> Shares:
    """The visitors' shares: what is told of all of them, put right by what audits say.

    The mean of all visitors' probabilities, plus how far audited truth lies from theirs on
    average. Unbiased whatever the probabilities are worth; the better they are, the narrower the
    interval beside `prior_from_audits`.

    Args:
        probability: of all visitors (m, k).
        rows: which of them were audited (a,), at random or with `weights`; two at least.
        codes: their values (a,); below 0, of no class, are left out.
        weights: how many visitors each audited one stands for (a,).
        confidence: of each value's interval.

    Raises:
        UsageError: fewer than two audited visitors.

    Source: Angelopoulos, Bates, Fannjiang, Jordan & Zrnic, Prediction-powered inference, Science
        382 (2023); in surveys, the difference estimator (Särndal, Swensson & Wretman 1992, ch. 6).
    """
    said = np.asarray(probability, np.float64)
    codes = np.asarray(codes, np.int64)
    weight = np.ones(len(codes)) if weights is None else np.asarray(weights, np.float64)
    held = codes >= 0
    rows, codes, weight = np.asarray(rows)[held], codes[held], weight[held]
    if len(codes) < 2:
        raise UsageError(
            "shares cannot be estimated from fewer than two audited visitors",
            hint="connu asks for some 200: fill in the file of visitors to ask",
        )
    weight = weight / weight.sum()
    residual = np.eye(said.shape[1])[codes] - said[rows]
    correction = weight @ residual
    error = np.square(weight[:, None] * (residual - correction)).sum(axis=0)
    error = np.sqrt(error * len(codes) / (len(codes) - 1) + said.var(axis=0) / len(said))
    share = np.clip(said.mean(axis=0) + correction, 0.0, 1.0)
    half = ndtri((1 + confidence) / 2) * error
    low, high = np.clip(share - half, 0, 1), np.clip(share + half, 0, 1)
    return Shares((share / share.sum()).tolist(), low.tolist(), high.tolist(), len(codes))


def softmax(log: np.ndarray) -> np.ndarray:
    """Probabilities (n, k) from logarithms known up to a constant a row."""
    part = np.exp(log - log.max(axis=1, keepdims=True))
    return part / part.sum(axis=1, keepdims=True)
