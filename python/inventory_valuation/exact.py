"""Exact money, quantities and days: whole numbers inside, Arrow decimals and dates outside.

Money is counted in ten-thousandths, a quantity in millionths of its unit. What a unit costs is a ratio of the two.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

MONEY, QUANTITY = pa.decimal64(18, 4), pa.decimal64(18, 6)
MONEY_UNIT, QUANTITY_UNIT = 10**MONEY.scale, 10**QUANTITY.scale
_LARGEST = 10**18 - 1
_UNIT_VALUE_PLACES, _LARGE_UNIT_VALUE_PLACES, _LARGE_UNIT_VALUE = 10, 6, 10**6  # as in the macro line_amount
_ESTIMABLE = 1 << 50
_HALF_WORD = 1 << 31


# Signatures are spelled out, so that each function is compiled once.
@njit("UniTuple(int64, 2)(int64, int64, int64)", cache=True, error_model="numpy")
def _divide_product(factor: int, other: int, divisor: int) -> tuple[int, int]:
    """Quotient and remainder of factor * other / divisor, where the quotient is below 2**50.

    A float estimate of such a quotient is off by less than two, so the remainder that belongs to it
    is right in wrapping 64-bit arithmetic, and says which way to correct.
    """
    quotient = np.int64(np.float64(factor) * np.float64(other) / np.float64(divisor))
    remainder = factor * other - quotient * divisor
    while remainder < 0:
        quotient -= 1
        remainder += divisor
    while remainder >= divisor:
        quotient += 1
        remainder -= divisor
    return quotient, remainder


@njit("int64(int64, int64, int64)", cache=True, error_model="numpy")
def mul_div_round(value: int, part: int, whole: int) -> int:
    """The share part / whole of a value, rounded half away from zero; exact, without 128 bits.

    Args:
        value: an amount, up to 9e18 in size.
        part: 0 or more; may exceed the whole as long as the result fits 64 bits.
        whole: above 0 and below 2**62.

    Returns:
        value * part / whole, rounded. Shares of one value taken as differences of cumulative parts
        always add up to the value.
    """
    sign = 1 if value >= 0 else -1
    value *= sign
    result = np.int64(0)
    if part >= whole:
        result = (part // whole) * value
        part %= whole
    if value < _ESTIMABLE:
        quotient, remainder = _divide_product(value, part, whole)
        result += quotient
    else:
        result += (value // whole) * part
        value %= whole
        # Long division in half words: each step's quotient stays small enough to estimate.
        high, remainder = _divide_product(value, part // _HALF_WORD, whole)
        middle, remainder = _divide_product(remainder, _HALF_WORD, whole)
        low, rest = _divide_product(value, part % _HALF_WORD, whole)
        result += high * _HALF_WORD + middle + low
        remainder += rest
        if remainder >= whole:
            remainder -= whole
            result += 1
    if remainder >= whole - remainder:
        result += 1
    return sign * result


def to_units(column: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> NDArray[np.int64]:
    """Whole ten-thousandths of money or millionths of a quantity in any column of numbers; null becomes 0.

    Raises:
        OverflowError: a number has more than 18 digits.
        pyarrow.ArrowInvalid: a value has more decimal places than its kind.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if column.type != kind:
        column = _as_kind(column, kind)
    units = np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column)]
    if column.null_count:
        return np.where(column.is_valid().to_numpy(zero_copy_only=False), units, 0)
    return units


def _as_kind(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """A column as decimals of 64 bits, whose buffer holds whole units."""
    wide = column.cast(pa.decimal128(38, kind.scale))
    try:
        return wide.cast(kind)
    except pa.ArrowInvalid as error:
        raise _too_large(kind) from error


def _too_large(kind: pa.DataType) -> OverflowError:
    digits = kind.precision - kind.scale
    return OverflowError(f"an amount, quantity or unit cost has more than {digits} digits before the point")


def to_decimals(units: NDArray[np.int64], kind: pa.DataType, mask: NDArray[np.bool_] | None = None) -> pa.Array:
    """A decimal column of whole ten-thousandths of money or millionths of a quantity; null where masked.

    Raises:
        OverflowError: a number has more than 18 digits.
    """
    if len(units) and max(int(units.max()), -int(units.min())) > _LARGEST:
        raise _too_large(kind)
    is_valid = None if mask is None else pa.array(~mask).buffers()[1]
    return pa.Array.from_buffers(kind, len(units), [is_valid, pa.py_buffer(np.ascontiguousarray(units))])


def to_unit_values(column: pa.Array | pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What a unit costs, as so many ten-thousandths of money for so many millionths of a unit; null becomes 0.

    Ten decimal places are kept, and six of unit values of a million and more.

    Raises:
        OverflowError: a unit value has more than 12 digits before the point.
    """
    column = column.cast(pa.decimal128(38, _UNIT_VALUE_PLACES))
    is_large = pc.greater_equal(pc.abs(column), pa.scalar(_LARGE_UNIT_VALUE, column.type)).fill_null(False)
    values, quantities = np.zeros(len(column), np.int64), np.empty(len(column), np.int64)
    for places, is_meant in ((_UNIT_VALUE_PLACES, pc.invert(is_large)), (_LARGE_UNIT_VALUE_PLACES, is_large)):
        rounded = pc.round(column.filter(is_meant), places, "half_towards_infinity")
        rows = is_meant.to_numpy(zero_copy_only=False) if isinstance(is_meant, pa.Array) else is_meant.to_numpy()
        values[rows] = to_units(rounded, pa.decimal64(18, places))
        quantities[rows] = QUANTITY_UNIT * 10**places // MONEY_UNIT
    return values, quantities


def to_days(column: pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
    """Dates, or timestamps at midnight, as days since 1970."""
    return column.cast(pa.date32()).cast(pa.int32()).to_numpy()
