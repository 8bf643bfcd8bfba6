"""What a model's earlier errors say about its next predictions: calibration and intervals.

Only predictions whose outcomes were known by the date of the new one take part, so a date in the past is
told no more than it could have known. The errors are out of sample: each prediction was made behind the
embargo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

Vector = NDArray[np.float64]
Known = list[tuple[int, Vector, Vector]]  # day the outcome is known, predictions, what happened

NOMINAL = 0.80
WIDE = 0.95
_BINS = 10
_LEAST_IN_BIN = 30


def calibrate(probabilities: Vector, known: Known) -> Vector:
    """Probabilities made to match the frequencies that followed earlier ones.

    Args:
        probabilities: raw probabilities, any length.
        known: (day, earlier raw probabilities, what happened: 0 or 1) of each earlier date.

    Returns:
        Probabilities in the same order; the raw ones where no outcome is known yet.

    Source:
        Isotonic calibration, Zadrozny and Elkan (2002).
    """
    if not known or not len(probabilities):
        return probabilities
    earlier = np.concatenate([entry[1] for entry in known])
    happened = np.concatenate([entry[2] for entry in known])
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(earlier, happened)
    return fitted.predict(probabilities)


def widening(nominal: float, dates: int) -> float:
    """By how much an interval is wider than the errors of a few dates say.

    How far out the worst errors lie differs from date to date: the wide interval takes the factor of a prediction
    from so many observations (Student, 1908), the inner one is told well enough by the errors within dates.

    >>> widening(NOMINAL, 1), round(widening(WIDE, 1), 3), round(widening(WIDE, 8), 3)
    (1.0, 1.414, 1.061)
    """
    return 1.0 if nominal < WIDE else float(np.sqrt(1 + 1 / dates))


def loss_intervals(
    rates: Vector, known: Known, nominal: float = NOMINAL, dates: int | None = None
) -> tuple[Vector, Vector]:
    """Central intervals for loss rates, from the errors of earlier ones of the same size.

    Args:
        rates: predicted rates, 0 to 1.
        known: (day, earlier predicted rates, realised rates) of each earlier date.
        nominal: share of the outcomes that shall fall inside.
        dates: how many dates the errors come from; the length of `known` unless told.

    Returns:
        Lower and upper bounds between 0 and 1, around each rate.

    Raises:
        ValueError: no earlier outcome is given.

    Source:
        Split conformal prediction by bins of the prediction (Mondrian), Vovk et al. (2005).
    """
    if not known:
        raise ValueError("intervals need at least one earlier date whose outcome is known")
    earlier = np.concatenate([entry[1] for entry in known])
    errors = np.concatenate([entry[2] for entry in known]) - earlier
    bins = max(1, min(_BINS, len(errors) // _LEAST_IN_BIN))
    edges = np.quantile(earlier, np.linspace(0, 1, bins + 1)[1:-1])
    of_error, of_rate = np.searchsorted(edges, earlier), np.searchsorted(edges, rates)
    tails = np.array([(1 - nominal) / 2, (1 + nominal) / 2])
    offsets = np.array(
        [
            np.quantile(errors[of_error == number] if (of_error == number).any() else errors, tails)
            for number in range(bins)
        ]
    )
    offsets *= widening(nominal, dates or len(known))
    lower = np.clip(np.minimum(rates + offsets[of_rate, 0], rates), 0, 1)
    upper = np.clip(np.maximum(rates + offsets[of_rate, 1], rates), 0, 1)
    return lower, upper
