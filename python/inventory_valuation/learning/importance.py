"""What each feature earned in the trees of a run."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

from inventory_valuation.boosting import booster_of
from inventory_valuation.learning.estimators import ESTIMATORS, Forest


def importances(trained: pa.Table) -> pa.Table:
    """Share of the fit that each feature earned, per run of trees.

    Returns:
        run_id, origin_date, model, feature, gain_share (0 to 1; the shares of a run add up to 1).
    """
    rows = []
    trees = [name for name, estimator in ESTIMATORS.items() if isinstance(estimator, Forest)]
    for card in trained.filter(pc.is_in(trained["model"], pa.array(trees))).to_pylist():
        gains = booster_of(card["artefact"]).get_score(importance_type="total_gain")
        total = sum(gains.values()) or 1.0
        for number, name in enumerate(json.loads(card["features"])):
            kept = {key: card[key] for key in ("run_id", "origin_date", "model")}
            rows.append({**kept, "feature": name, "gain_share": gains.get(f"f{number}", 0.0) / total})
    schema = pa.schema(
        [
            ("run_id", pa.string()),
            ("origin_date", pa.date32()),
            ("model", pa.string()),
            ("feature", pa.string()),
            ("gain_share", pa.float64()),
        ]
    )
    return pa.Table.from_pylist(rows, schema)
