"""How far the features of a valuation date have moved since its models were trained."""

import numpy as np
import pyarrow as pa

BINS = 10
MOST_ROWS = 20_000


def stability_index(trained: np.ndarray, scored: np.ndarray, bins: int = BINS) -> float:
    """Population stability index of one feature.

    Bins are the quantiles of the trained values, with one more for missing values. Half a row in
    each bin keeps the index finite where a bin is empty on one side.

    Args:
        trained: values of the training rows, shape (n,); NaN where missing.
        scored: values of the scored rows, shape (m,); NaN where missing.
        bins: number of quantile bins.

    Returns:
        The sum over bins of (q - p) * ln(q / p); at least 0. Under 0.1 is taken as stable, over
        0.25 as a shift (Siddiqi, Credit Risk Scorecards, 2006, chapter 10).
    """
    known = trained[~np.isnan(trained)]
    inner = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if known.size else np.empty(0)

    def shares(values: np.ndarray) -> np.ndarray:
        missing = np.isnan(values)
        places = np.where(missing, inner.size + 1, np.searchsorted(inner, values, side="left"))
        counts = np.bincount(places, minlength=inner.size + 2) + 0.5
        return counts / counts.sum()

    before, now = shares(trained), shares(scored)
    return float(np.sum((now - before) * np.log(now / before)))


def mean_shift(trained: np.ndarray, scored: np.ndarray) -> float:
    """Difference of the means in standard deviations of the trained values.

    Args:
        trained: values of the training rows, shape (n,); NaN where missing.
        scored: values of the scored rows, shape (m,); NaN where missing.

    Returns:
        The shift; NaN where a side has no values or the trained values do not vary.
    """
    known, now = trained[~np.isnan(trained)], scored[~np.isnan(scored)]
    if not known.size or not now.size or known.min() == known.max():
        return float("nan")
    return float((now.mean() - known.mean()) / known.std())


def feature_drift(features: pa.Table, windows: pa.Table) -> pa.Table:
    """Compare each scored date's features with those of its training dates.

    Args:
        features: item_id, location_id, valuation_date and one float64 column per feature, sorted by
            the whole key. Other columns are ignored.
        windows: origin_date and training_date, one row per pair.

    Returns:
        One row per valuation date and feature: valuation_date, feature,
        population_stability_index, mean_shift (null where undefined), trained_rows, scored_rows.
        Of more than 20,000 training rows an evenly spaced share is compared.
    """
    dates = _days(features, "valuation_date")
    origins, trainings = _days(windows, "origin_date"), _days(windows, "training_date")
    names = [field.name for field in features.schema if pa.types.is_float64(field.type)]
    values = {name: features[name].to_numpy() for name in names}
    rows = []
    for origin in np.unique(origins):
        scored = np.flatnonzero(dates == origin)
        trained = np.flatnonzero(np.isin(dates, trainings[origins == origin]))
        if not scored.size or not trained.size:
            continue
        compared = trained[:: -(-trained.size // MOST_ROWS)]
        for name in names:
            before, now = values[name][compared], values[name][scored]
            shift = mean_shift(before, now)
            rows.append(
                {
                    "valuation_date": origin.astype(object),
                    "feature": name,
                    "population_stability_index": round(stability_index(before, now), 6),
                    "mean_shift": None if np.isnan(shift) else round(shift, 6),
                    "trained_rows": trained.size,
                    "scored_rows": scored.size,
                }
            )
    return pa.Table.from_pylist(rows, schema=_DRIFT)


_DRIFT = pa.schema(
    [
        ("valuation_date", pa.date32()),
        ("feature", pa.string()),
        ("population_stability_index", pa.float64()),
        ("mean_shift", pa.float64()),
        ("trained_rows", pa.int64()),
        ("scored_rows", pa.int64()),
    ]
)


def _days(table: pa.Table, column: str) -> np.ndarray:
    return table[column].cast(pa.date32()).to_numpy().astype("datetime64[D]")
