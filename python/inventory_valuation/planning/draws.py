"""Random numbers that belong to a position: the same ones whichever other positions there are, and in any order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtri

from inventory_valuation.forecasting.distributions import LEAST_VARIATION

Array = NDArray[np.float64]
Keys = NDArray[np.uint64]

_FNV_START, _FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_GOLDEN = 0x9E3779B97F4A7C15
_LARGEST_SHAPE = 1 / LEAST_VARIATION


def position_keys(*names: pa.ChunkedArray) -> Keys:
    """A number for each position, made from the bytes of its names (FNV-1a, 64 bits).

    >>> a, b = position_keys(pa.chunked_array([["x", "x"]]), pa.chunked_array([["y", "z"]]))
    >>> bool(a == b), bool(a == position_keys(pa.chunked_array([["x"]]), pa.chunked_array([["y"]]))[0])
    (False, True)
    """
    keys = np.full(len(names[0]), _FNV_START)
    for column in names:
        texts = np.char.encode(column.to_numpy(zero_copy_only=False).astype(str), "utf-8")
        letters = texts.view(np.uint8).reshape(len(keys), -1).astype(np.uint64)
        for letter in letters.T:
            keys = np.where(letter > 0, (keys ^ letter) * _FNV_PRIME, keys)
        keys = (keys ^ np.uint64(255)) * _FNV_PRIME
    return keys


def uniforms(keys: Keys, stream: int, shape: tuple[int, ...]) -> Array:
    """Numbers between 0 and 1, both excluded, for each position.

    Args:
        keys: one number for each position.
        stream: which of a position's numbers; other streams are independent.
        shape: how many for each position.

    Returns:
        An array of `shape` and the positions after it.

    Source:
        SplitMix64 of Steele, Lea and Flood (2014), with the place as the counter.

    >>> u = uniforms(np.arange(1000, dtype=np.uint64), 1, (50,))
    >>> u.shape, bool(abs(u.mean() - 0.5) < 0.005), bool(abs(u.var() - 1 / 12) < 0.002)
    ((50, 1000), True, True)
    """
    places = np.arange(1, np.prod(shape) + 1, dtype=np.uint64).reshape(*shape, 1)
    seeds = _mixed(keys + np.uint64(_GOLDEN * stream % 2**64))
    return ((_mixed(seeds + places * np.uint64(_GOLDEN)) >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53


def _mixed(numbers: Keys) -> Keys:
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def gamma_scales(keys: Keys, stream: int, paths: int, variation: ArrayLike) -> Array:
    """Factors of mean 1 by which demand on a path differs from what is expected, one in each of `paths` equal parts.

    Args:
        keys: one number for each position.
        stream: which of a position's numbers.
        paths: how many factors for each position.
        variation: their variance, one for each position.

    Returns:
        Paths by positions. Their mean is 1 exactly.

    >>> scales = gamma_scales(np.arange(3, dtype=np.uint64), 1, 400, [0.1, 1, 5])
    >>> scales.mean(axis=0).round(6).tolist(), (scales.var(axis=0) / [0.1, 1, 5] > 0.9).tolist()
    ([1.0, 1.0, 1.0], [True, True, True])
    """
    variation = np.maximum(np.asarray(variation, np.float64), LEAST_VARIATION)
    parts = (np.arange(paths)[:, None] + uniforms(keys, stream, (paths,))) / paths
    scales = variation * gammaincinv(1 / variation, parts)
    means = scales.mean(axis=0)
    return np.where(means > 0, scales / np.where(means > 0, means, 1.0), 1.0)


def gamma_draws(means: Array, dispersion: ArrayLike, first: Array, second: Array) -> Array:
    """Demand of one week, of a gamma distribution whose variance is the mean times the dispersion.

    Args:
        means: expected demand, 0 or more.
        dispersion: variance over mean, above 0; one for each position, the last axis.
        first: uniform numbers in the shape of the means.
        second: others.

    Returns:
        Units in the shape of the means.

    Source:
        The cube of a normal number (Wilson and Hilferty, 1931) for a shape of 1 or more, which the power of a uniform
        number brings down to the shape wanted (Stuart, 1962).

    >>> u, w = (uniforms(np.arange(2, dtype=np.uint64), stream, (100_000,)) for stream in (1, 2))
    >>> drawn = gamma_draws(np.full(u.shape, [0.5, 8.0]), [2.0, 2.0], u, w)
    >>> drawn.mean(axis=0).round(1).tolist(), drawn.var(axis=0).round(0).tolist()
    ([0.5, 8.0], [1.0, 16.0])
    """
    shape = np.maximum(means / dispersion, 1e-9)
    more = shape + 1
    cube = np.maximum(1 - 1 / (9 * more) + ndtri(first) / (3 * np.sqrt(more)), 0.0)
    drawn = dispersion * more * cube**3 * np.exp(np.log(second) / shape)
    return np.where(means > 0, drawn, 0.0)


def in_whole_units(demand: Array, is_whole: NDArray[np.bool_], starts: Array) -> Array:
    """The same demand over time in whole units, where units are whole: a part of one is asked for once it is full.

    Args:
        demand: weeks by paths by positions.
        is_whole: whether a position's units are whole.
        starts: how far the first unit is full, 0 to 1, paths by positions.

    >>> in_whole_units(np.full((4, 1, 1), 0.5), np.array([True]), np.array([[0.25]])).ravel().tolist()
    [0.0, 1.0, 0.0, 1.0]
    """
    units = np.floor(np.cumsum(demand, axis=0) + starts)
    whole = np.diff(units, axis=0, prepend=np.floor(starts)[None])
    return np.where(is_whole, whole, demand)
