"""How stock and orders will stand month by month, as things are and if the plans are followed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from inventory_valuation.forecasting.distributions import expected_sales

Vector = NDArray[np.float64]


def stock_projections(months: pa.Table) -> pa.Table:
    """Units expected to be in stock at the end of each month ahead.

    Args:
        months: supplied_quantity and planned_supplied_quantity (stock and what is due up to the month, as things are
            and by plan), cumulated_quantity (expected demand up to the month), demand_multiple (of the month, under
            the planned price), expected_quantity (demand of the month) and demand_variation; sorted by position and
            month, with month_ahead from 1; other columns are kept.

    Returns:
        The other columns, with expected_stock_quantity and planned_stock_quantity, float64.
    """
    measures = (
        "supplied_quantity", "planned_supplied_quantity", "cumulated_quantity", "demand_multiple", "expected_quantity",
        "demand_variation",
    )  # fmt: skip
    supplied, planned, demand, multiple, monthly, variation = (
        months[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in measures
    )
    more = np.cumsum(monthly * (multiple - 1))
    first = months["month_ahead"].to_numpy() == 1
    starts = np.flatnonzero(first)
    position = np.cumsum(first) - 1
    before = np.append(0.0, more)[starts]
    planned_demand = np.maximum(demand + more - before[position], 0) if len(starts) else demand
    kept = months.drop_columns(list(measures))
    for name, units, mean in (
        ("expected_stock_quantity", supplied, demand),
        ("planned_stock_quantity", planned, planned_demand),
    ):
        kept = kept.append_column(name, pa.array(units - expected_sales(units, mean, variation)))
    return kept
