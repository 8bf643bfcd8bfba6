"""What forecasting, NRV and learning each add to the estimate of the loss, on every company.

`python benchmarks/ablation.py "Retailer, horizon 6=retail.duckdb" "Demo=demo.duckdb"` writes docs/ablation.md from the
files that whole builds worked in. Nothing is fitted: what each step says stands in their tables, or follows from them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from inventory_valuation.exact import to_days
from inventory_valuation.learning.estimators import ENSEMBLES, Vector, geometric_mean
from inventory_valuation.publishing.model_document import markdown_table

_METHODS = (
    *("calibrated_ageing", "calibrated_coverage", "sell_through", "nrv"),
    *("linear", "forest", "ensemble", "champion"),
)
_WHOLE = "ensemble"

_STEPS = {
    "calibrated_ageing": "rule: ageing buckets fitted on the past",
    "calibrated_coverage": "rule: months of cover, fitted on the past",
    "looks": "forecasting without learning: what stays unsold by five looks at past demand falls to recovery",
    "every_horizon": "forecasting: half of it learned from every month ahead whose outcome is known",
    "sell_through": "NRV: what sells brings the expected price (`sell_through`)",
    "ensemble": "learning: averaged with linear and forest, which see all features (`ensemble`)",
    "champion": "choice: the model that the past chose, spread over layers (`champion`)",
}
_WITHOUT = {
    "without_forecasting": "without forecasting and NRV: linear and forest alone",
    "without_prices": "without NRV's prices: what sells loses nothing",
    "sell_through": "without learning from features: `sell_through` alone",
    "with_nrv": "`nrv` in place of `sell_through`: layer by layer, gains covering losses within the unit of account",
}

_INTRODUCTION = """# What each part adds

Written by `benchmarks/ablation.py`. The measure is `equal_reserve_unexpected`, the headline of `model_accuracy`: the
reserve is scaled to the total of the losses, and what is then missed is divided by them. Less is better. Each cell has
the mean over the origins, with their standard deviation in brackets. Then comes the mean difference to the line above,
or to the whole ensemble, ± two standard errors of that difference, paired by origin; bold where it is larger than that.
The horizons of neighbouring origins overlap, so the bands are narrower than those of independent origins would be.
"""

Reserves = dict[str, Vector]


def judged_positions(build: Path) -> pa.Table:
    """The positions of each judged origin that have an outcome, and what each method reserved for them."""
    with duckdb.connect(str(build), read_only=True) as connection:
        reserves = ", ".join(
            f"cast(max(reserve_amount) filter (method = '{method}') as double) as {method}" for method in _METHODS
        )
        return connection.sql(
            f"""
            with judged as (
                select valuation_date from outcomes.scoring_dates
                inner join core.valuation_dates using (valuation_date)
                where has_outcome
            ),
            reserves as (
                select item_id, location_id, valuation_date, {reserves}
                from valuation.reserve_estimates semi join judged using (valuation_date)
                group by item_id, location_id, valuation_date
            )
            select
                reserves.*,
                cast(realised_outcomes.realised_loss as double) as loss,
                cast(realised_outcomes.cost_value as double) as cost,
                1 - cast(items.recovery_rate as double) as lost_rate,
                int_demand_distributions.pooled_sold_rate,
                int_demand_distributions.sold_rate
            from reserves
            inner join outcomes.realised_outcomes using (item_id, location_id, valuation_date)
            inner join forecasting.int_demand_distributions using (item_id, location_id, valuation_date)
            inner join core.items using (item_id)
            order by valuation_date, item_id, location_id
            """
        ).to_arrow_table()


def reserves_of(positions: pa.Table) -> Reserves:
    """The reserve of every step, by position: read where a method has it, else made from what the tables say."""
    number = {
        name: positions[name].to_numpy() for name in ("cost", "lost_rate", "pooled_sold_rate", "sold_rate", *_METHODS)
    }
    reserves = {method: number[method] for method in _METHODS}
    cost = number["cost"]
    reserves["looks"] = cost * (1 - number["pooled_sold_rate"]) * number["lost_rate"]
    reserves["every_horizon"] = cost * (1 - number["sold_rate"]) * number["lost_rate"]
    rates = {
        name: np.divide(reserve, cost, out=np.zeros_like(cost), where=cost > 0) for name, reserve in reserves.items()
    }
    shares = ENSEMBLES[_WHOLE]
    fitted = {member: share for member, share in shares.items() if member != "sell_through"}
    total = sum(fitted.values())
    reserves["without_forecasting"] = cost * geometric_mean(
        rates, {member: of / total for member, of in fitted.items()}
    )
    for name, base in (("without_prices", "every_horizon"), ("with_nrv", "nrv")):
        reserves[name] = cost * geometric_mean(rates, {**fitted, base: shares["sell_through"]})
    return reserves


def missed_at_equal_reserve(loss: Vector, reserve: Vector, days: Vector) -> Vector:
    """The headline measure (method.md, section 5), one value an origin."""
    values = []
    for day in np.unique(days):
        lost, held = loss[days == day], reserve[days == day]
        values.append(np.maximum(lost - held * lost.sum() / held.sum(), 0).sum() / lost.sum())
    return np.array(values)


def measured(build: Path) -> dict[str, Vector]:
    """The measure of every step at each origin of a company."""
    positions = judged_positions(build)
    loss, days = positions["loss"].to_numpy(), to_days(positions["valuation_date"])
    return {step: missed_at_equal_reserve(loss, held, days) for step, held in reserves_of(positions).items()}


def cell(values: Vector, others: Vector | None) -> str:
    """Mean and spread, and the difference to other values of the same origins with its band."""
    words = f"{values.mean():.3f} ({values.std(ddof=1):.3f})"
    if others is None:
        return words
    worse = values - others
    band = 2 * worse.std(ddof=1) / np.sqrt(len(worse))
    clear = "**" if abs(worse.mean()) > band else ""
    return f"{words}; {clear}{worse.mean():+.3f}{clear} ± {band:.3f}"


def steps_table(companies: Mapping[str, Mapping[str, Vector]]) -> str:
    """Each step against the one before it."""
    names = list(_STEPS)
    lines = [
        [_STEPS[name], *(cell(found[name], found[before] if before else None) for found in companies.values())]
        for before, name in zip([None, *names], names, strict=False)
    ]
    return markdown_table(["step", *companies], lines)


def without_table(companies: Mapping[str, Mapping[str, Vector]]) -> str:
    """The ensemble without each of its parts, against the whole."""
    lines = [["as it is", *(cell(found[_WHOLE], None) for found in companies.values())]]
    lines += [
        [words, *(cell(found[name], found[_WHOLE]) for found in companies.values())] for name, words in _WITHOUT.items()
    ]
    return markdown_table(["the ensemble", *companies], lines)


def main() -> int:
    """Write docs/ablation.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("builds", nargs="+", help="title=file that a build worked in")
    parser.add_argument("--out", type=Path, default=Path("docs/ablation.md"))
    given = parser.parse_args()
    found = {title: measured(Path(file)) for title, _, file in (build.rpartition("=") for build in given.builds)}
    companies = {f"{title}, {len(values[_WHOLE])} origins": values for title, values in found.items()}
    parts = ["## Step by step", steps_table(companies), "## One part taken away", without_table(companies)]
    given.out.write_text("\n\n".join([_INTRODUCTION.strip(), *parts]) + "\n")
    print(f"Ablation: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
