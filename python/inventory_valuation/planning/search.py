"""Search for the point at which a cost is least, where nothing but the cost of a point can be had."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from inventory_valuation.planning.draws import uniforms

Array = NDArray[np.float64]

_CANDIDATES, _ELITE, _ROUNDS = 24, 6, 12
_FIRST_SPREAD, _LEAST_SPREAD = 0.7, 0.02
_STREAM = 11


def cross_entropy(costs_of: Callable[[Array], Array], start: Array, rounds: int = _ROUNDS) -> Array:
    """The best point found by drawing around the best of what was drawn before.

    Args:
        costs_of: the cost of each candidate, a row each.
        start: where to begin; it is a candidate too.
        rounds: how often to draw.

    Source:
        Rubinstein and Kroese, The Cross-Entropy Method (2004); as a search for policies: Mannor, Rubinstein and Gat
        (2003).

    >>> found = cross_entropy(lambda rows: ((rows - [1.0, -0.5]) ** 2).sum(axis=1), np.zeros(2), 30)
    >>> found.round(1).tolist()
    [1.0, -0.5]
    """
    mean, spread = start.astype(float), np.full(len(start), _FIRST_SPREAD)
    best, least = mean, np.inf
    for number in range(rounds):
        drawn = ndtri(uniforms(np.arange(len(start), dtype=np.uint64), _STREAM + number, (_CANDIDATES,)))
        candidates = mean + spread * drawn
        candidates[0] = best
        costs = costs_of(candidates)
        order = np.argsort(costs, kind="stable")
        if costs[order[0]] < least:
            best, least = candidates[order[0]], costs[order[0]]
        elite = candidates[order[:_ELITE]]
        mean, spread = elite.mean(axis=0), np.maximum(elite.std(axis=0), _LEAST_SPREAD)
    return best
