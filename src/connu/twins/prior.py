"""The mix of people: probabilities learnt on one mix, told of another.

Known customers are not a random sample of visitors: where half of them are women, six visitors in
ten may be. A probability that was right among the known is then wrong among visitors, and nothing
in their behaviour says so. Only two things do: a brand that knows its visitors' shares, or some
200 visitors whom somebody asked. Both are used here; the shares are never guessed from the
probabilities alone (expectation maximisation did that, and broke the case without shift).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import msgspec
import numpy as np
from scipy.special import ndtri
from scipy.stats import beta

from connu.kernel.errors import UsageError, did_you_mean

#: Pseudo-people per value (Jeffreys): no value is impossible because nobody audited has it.
_SMOOTHING = 0.5
#: How far audits may move the log odds and the slope, before anything is seen: from not at all
#: (0) to much. Evidence weighs them, so that audits which contradict nothing change nothing.
_BIAS_SCALES = (0.0, 0.25, 0.5, 1.0, 2.0)
_SLOPE_SCALES = (0.0, 0.25, 0.5)
#: Scores never count for nothing, and never turn round.
_LEAST_SLOPE = 0.05
#: Below this a probability is as good as none; its logarithm stays finite.
_TINY = 1e-12


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
    log = np.log(np.maximum(np.asarray(probability, np.float64), _TINY))
    possible = target > 0
    bias = np.where(possible, 0.0, -np.inf)
    if not len(log) or possible.sum() < 2:
        return bias
    log, target = log[:, possible], target[possible]
    moved = np.log(target) - np.log(np.maximum(_softmax(log).mean(axis=0), _TINY))
    for _ in range(50):
        p = _softmax(log + moved)
        mean = p.mean(axis=0)
        gap = target - mean
        if np.abs(gap).max() < 1e-9:
            break
        curve = np.diag(mean) - p.T @ p / len(p)
        # Where nearly all is sure, hardly anything moves the mean: no step is a leap.
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(mean)), gap)
        moved = moved + step * min(1.0, 3.0 / np.abs(step).max())
    # The sum over visitors depends on their order in its last bits; what is told must not.
    bias[possible] = np.round(moved - moved.mean(), 7)
    return bias


def biased(probability: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Probabilities (n, k) with `bias` (k,) added to their logarithms."""
    log = np.log(np.maximum(np.asarray(probability, np.float64), _TINY))
    return _softmax(log + bias)


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


class AuditCalibrator:
    """Probabilities moved to where audits put them: a bias per class and one slope for all.

    softmax(slope · log p + bias), drawn to no change (slope 1, bias 0) by a normal prior. How wide
    that prior is, is averaged over by evidence: audits that agree with what is told leave it
    nearly alone, and 200 that contradict it move it. With nobody audited nothing changes.

    Attributes:
        slope_: above 0.
        bias_: float64 (k,).

    Source: MacKay, Bayesian interpolation, Neural Computation 4 (1992), for the evidence (by
        Laplace's approximation); Guo et al., ICML 2017, for vector scaling with one slope.
    """

    slope_: float
    bias_: np.ndarray

    def fit(
        self, probability: np.ndarray, codes: np.ndarray, weights: np.ndarray | None = None
    ) -> Self:
        """Learn from audited visitors. Cost: fifteen small convex fits, about 20 ms for 200.

        Args:
            probability: what is told of them (a, k).
            codes: their values (a,); below 0, of no class, are left out.
            weights: how many visitors each stands for (a,); they then count for as many people as
                an even sample of equal precision would hold.
        """
        log = np.log(np.maximum(np.asarray(probability, np.float64), _TINY))
        codes = np.asarray(codes, np.int64)
        weight = np.ones(len(codes)) if weights is None else np.asarray(weights, np.float64)
        log, codes, weight = log[codes >= 0], codes[codes >= 0], weight[codes >= 0]
        order = np.lexsort((weight, codes, *log.T))
        log, codes, weight = log[order], codes[order], weight[order]
        if len(codes):
            weight = weight * weight.sum() / np.square(weight).sum()
        found = [
            _fit(log, codes, weight, slope_scale, bias_scale)
            for slope_scale in _SLOPE_SCALES
            for bias_scale in _BIAS_SCALES
        ]
        evidence = np.array([value for _, value in found])
        share = np.exp(evidence - evidence.max())
        theta = (share / share.sum()) @ np.array([moved for moved, _ in found])
        self.slope_ = float(max(_LEAST_SLOPE, 1.0 + theta[0]))
        self.bias_ = theta[1:] - theta[1:].mean()
        return self

    def transform(self, probability: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) as the audits would have them."""
        log = np.log(np.maximum(np.asarray(probability, np.float64), _TINY))
        return _softmax(self.slope_ * log + self.bias_)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, for the model's file."""
        return {"kind": "audited", "slope": self.slope_, "bias": self.bias_.tolist()}

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """The calibrator that `to_dict` wrote."""
        self = cls()
        self.slope_ = float(shape["slope"])
        self.bias_ = np.asarray(shape["bias"], np.float64)
        return self


def _fit(
    log: np.ndarray, codes: np.ndarray, weight: np.ndarray, slope_scale: float, bias_scale: float
) -> tuple[np.ndarray, float]:
    """Move of slope and biases (1 + k,) of largest posterior under normal priors; its evidence."""
    k = log.shape[1]
    scale = np.array([slope_scale, *[bias_scale] * k])
    free = scale > 0
    theta = np.zeros(1 + k)
    rows = np.arange(len(codes))
    penalty = np.where(free, 1 / np.square(np.where(free, scale, 1.0)), 0.0)

    def told(theta: np.ndarray) -> tuple[float, np.ndarray]:
        p = _softmax((1 + theta[0]) * log + theta[1:])
        said = np.log(np.maximum(p[rows, codes], 1e-300))
        return float(weight @ said) - 0.5 * float(penalty @ np.square(theta)), p

    value, p = told(theta)
    curve = np.eye(1 + k)
    for _ in range(50):
        mean = (p * log).sum(axis=1)
        miss = -weight[:, None] * p
        miss[rows, codes] += weight
        gradient = np.append((miss * log).sum(), miss.sum(axis=0)) - penalty * theta
        spread = weight[:, None] * p
        curve = np.diag(penalty)
        curve[0, 0] += float((spread * np.square(log - mean[:, None])).sum())
        curve[0, 1:] = curve[1:, 0] = (spread * (log - mean[:, None])).sum(axis=0)
        curve[1:, 1:] += np.diag(spread.sum(axis=0)) - p.T @ spread
        if not free.any():
            return theta, value
        step = np.zeros(1 + k)
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], gradient[free])
        gain, pace = float(step @ gradient), 1.0
        if gain < 1e-10:
            break
        while pace > 1e-6:
            after, p_after = told(theta + pace * step)
            if after >= value + 1e-4 * pace * gain:
                break
            pace /= 2
        else:
            break
        theta, value, p = theta + pace * step, after, p_after
    _, volume = np.linalg.slogdet(curve[np.ix_(free, free)])
    return theta, value + 0.5 * float(np.log(penalty[free]).sum()) - 0.5 * float(volume)


def _softmax(log: np.ndarray) -> np.ndarray:
    part = np.exp(log - log.max(axis=1, keepdims=True))
    return part / part.sum(axis=1, keepdims=True)
