"""How far the features of a valuation date have moved since its models were trained."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BINS = 10
IMPORTANT = 0.05  # of a model's fit
MOST_ROWS = 20_000


def bin_edges(trained: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Edges between the quantile bins of the trained values, each once; none where all are missing."""
    known = trained[~np.isnan(trained)]
    return np.unique(np.quantile(known, np.arange(1, bins) / bins)) if known.size else np.empty(0)


def bin_shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Share of the values in each bin, the last one for missing values; half a row more in each."""
    places = np.where(np.isnan(values), edges.size + 1, np.searchsorted(edges, values, side="left"))
    counts = np.bincount(places, minlength=edges.size + 2) + 0.5
    return counts / counts.sum()


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
    edges = bin_edges(trained, bins)
    before, now = bin_shares(trained, edges), bin_shares(scored, edges)
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


def important_features(importance: pa.Table) -> dict[date, set[str]]:
    """The features that earned a twentieth or more of the fit of a model, by training.

    Args:
        importance: origin_date, feature and gain_share, a row for each model and feature.

    Returns:
        Names by the training's day. A feature that counts for less may drift and do no harm.
    """
    counts = importance.filter(pc.field("gain_share") >= IMPORTANT)
    found: dict[date, set[str]] = {}
    for day, name in zip(_days(counts, "origin_date").tolist(), counts["feature"].to_pylist(), strict=True):
        found.setdefault(day, set()).add(name)
    return found


def feature_drift(features: pa.Table, windows: pa.Table, importance: pa.Table) -> pa.Table:
    """Compare the features of each scored date with those that its models learned from.

    Args:
        features: item_id, location_id, valuation_date and one float64 column per feature, sorted by
            the whole key. Other columns are ignored.
        windows: valuation_date, trained_on and training_date, one row per scored date and date learned from.
        importance: origin_date, feature, gain_share: what earned what at each training.

    Returns:
        One row per valuation date and feature, of the newest date all features, of others the important ones:
        valuation_date, feature, is_important, population_stability_index, mean_shift (null where undefined),
        trained_rows, scored_rows. Of more than 20,000 training rows an evenly spaced share is compared.
    """
    dates, important = _days(features, "valuation_date"), important_features(importance)
    scored_dates, trained_on, trainings = (
        _days(windows, name) for name in ("valuation_date", "trained_on", "training_date")
    )
    names = [field.name for field in features.schema if pa.types.is_float64(field.type)]
    values = {name: features[name].to_numpy() for name in names}
    rows = []
    for day in np.unique(scored_dates):
        window = scored_dates == day
        counting = important.get(trained_on[window][0].astype(object), set())
        scored = np.flatnonzero(dates == day)
        trained = np.flatnonzero(np.isin(dates, trainings[window]))
        if not scored.size or not trained.size:
            continue
        compared = trained[:: -(-trained.size // MOST_ROWS)]
        for name in names if day == scored_dates.max() else sorted(counting & values.keys()):
            before, now = values[name][compared], values[name][scored]
            shift = mean_shift(before, now)
            rows.append(
                {
                    "valuation_date": day.astype(object),
                    "feature": name,
                    "is_important": name in counting,
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
        ("is_important", pa.bool_()),
        ("population_stability_index", pa.float64()),
        ("mean_shift", pa.float64()),
        ("trained_rows", pa.int64()),
        ("scored_rows", pa.int64()),
    ]
)


def _days(table: pa.Table, column: str) -> np.ndarray:
    return table[column].cast(pa.date32()).to_numpy().astype("datetime64[D]")
