"""The VN2 inventory competition, played again week by week with what was known: what a reorder policy is worth.

`python benchmarks/vn2.py FOLDER` prints a table. The folder holds the competition's files as Parquet: sales with
in-stock flags of 157 weeks (sales_instock_weekly), the stock at the start (initial_state) and the demand of the eight
weeks that were played (actuals). Rules: N. Vandeput, VN2 Inventory Planning Challenge, 2025.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from inventory_valuation.forecasting.classical import croston, exponential_smoothing, tsb
from inventory_valuation.forecasting.distributions import expected_sales
from inventory_valuation.planning.simulation import Policy, Prices, ReorderEnvironment, Scene, played
from inventory_valuation.publishing.model_document import markdown_table

Array = NDArray[np.float64]

HELD, SHORT, LEAD_WEEKS = 0.2, 1.0, 2
PLAYED, ORDERED, TUNED = 8, 6, 52
SEASON_WIDTH, YEAR = 1, 52
DISPERSION = 1.2  # variance over mean of a week's demand
FACTORS = np.arange(0.0, 2.01, 0.1)
FORECASTS: dict[str, Callable[[Array], Array]] = {
    "exponential smoothing, .05": lambda demand: exponential_smoothing(demand, 0.05),
    "exponential smoothing, .1": lambda demand: exponential_smoothing(demand, 0.1),
    "exponential smoothing, .2": lambda demand: exponential_smoothing(demand, 0.2),
    "Croston, .1": lambda demand: croston(demand, 0.1),
    "TSB, .1": lambda demand: tsb(demand, 0.1),
}
FORECASTS["average of the five"] = lambda demand: sum(FORECASTS[name](demand) for name in list(FORECASTS)[:5]) / 5


class Competition(NamedTuple):
    """The competition's data, store-products in the order of their numbers.

    Attributes:
        sales: units sold before the start, weeks by products; NaN where a product was not there to be bought.
        week_numbers: ISO week of each week, those of the play after those before.
        demand: units asked for in the weeks played.
        on_hand: units at the start.
        arrivals: units under way by the week of arrival, two weeks by products.
    """

    sales: Array
    week_numbers: NDArray[np.int64]
    demand: Array
    on_hand: Array
    arrivals: Array


def read(folder: Path) -> Competition:
    """The files of the competition."""
    columns = duckdb.sql(
        f"from '{folder}/sales_instock_weekly.parquet' order by week_start, store, product"
    ).fetchnumpy()
    state = duckdb.sql(f'from \'{folder}/initial_state.parquet\' order by "Store", "Product"').fetchnumpy()
    actual = duckdb.sql(f'from \'{folder}/actuals.parquet\' order by week, "Store", "Product"').fetchnumpy()
    products = len(state["End Inventory"])
    sales = np.where(columns["in_stock"], columns["sales"], np.nan).reshape(-1, products)
    first = columns["week_start"].astype("datetime64[D]")[0]
    weeks = first + 7 * np.arange(len(sales) + PLAYED + LEAD_WEEKS + 2)
    return Competition(
        sales,
        np.array([day.isocalendar().week for day in weeks.tolist()]),
        actual["actual_demand"].reshape(PLAYED, products).astype(float),
        state["End Inventory"].astype(float),
        np.stack([state["In Transit W+1"], state["In Transit W+2"]]).astype(float),
    )


def environment_of(demand: Array, on_hand: Array, arrivals: Array, orders: int) -> ReorderEnvironment:
    """The rules: what is ordered at the start of a week is there two weeks later."""
    lead = np.full((len(demand), 1, demand.shape[1]), LEAD_WEEKS)
    may_order = np.repeat((np.arange(len(demand)) < orders)[:, None], demand.shape[1], axis=1)
    ones = np.ones(demand.shape[1])
    return ReorderEnvironment(
        Scene(demand[:, None, :], lead, on_hand, arrivals, may_order), Prices(HELD * ones, SHORT * ones, 0 * ones)
    )


def official_policy(competition: Competition) -> Policy:
    """The organiser's benchmark: four weeks of a seasonal average of the last thirteen, whatever is there."""

    def orders(week: int, observation: Array) -> Array:
        seen = np.vstack([competition.sales, competition.demand[:week]])
        numbers = competition.week_numbers
        by_week, past = np.nanmean(seen, axis=1), numbers[: len(seen)]
        season = np.full(54, np.nan)
        for number in np.unique(past):
            season[number] = by_week[past == number].mean()
        season /= np.nanmean(season)
        base = np.nanmean((seen / season[past][:, None])[-13:], axis=0)
        level = base * season[numbers[len(seen) : len(seen) + 4]].sum()
        return np.round(np.maximum(level - observation.sum(axis=0), 0))

    return orders


def foresight_policy(competition: Competition) -> Policy:
    """What the weeks of arrival will ask for, less what will be left: a bound that nobody can reach."""

    def orders(week: int, observation: Array) -> Array:
        if week >= ORDERED:
            return np.zeros_like(observation[0])
        left = np.maximum(observation[0] - competition.demand[week], 0) + observation[1]
        left = np.maximum(left - competition.demand[week + 1], 0)
        return np.maximum(competition.demand[week + LEAD_WEEKS] - left, 0)

    return orders


class Forecaster:
    """What each week was expected to ask for, by what had been seen before it.

    Args:
        seen: units seen, weeks by products; NaN where a week says nothing.
        week_numbers: ISO weeks of these and of those to come.
        name: of `FORECASTS`.
    """

    def __init__(self, seen: Array, week_numbers: NDArray[np.int64], name: str) -> None:
        numbers = np.minimum(week_numbers, YEAR)
        season = _season(seen, numbers[: len(seen)])
        flat = _without_gaps(seen / season[numbers[: len(seen)]][:, None])
        pace = FORECASTS[name](flat.T)[:, -1]
        self.weeks = pace * season[numbers[len(seen) : len(seen) + LEAD_WEEKS + 1]][:, None]


def _season(seen: Array, numbers: NDArray[np.int64]) -> Array:
    """How much each week of the year asks for, of all products together, with its neighbours counting half."""
    total = np.nanmean(seen, axis=1)
    around = [total[max(place - 26, 0) : place + 27].mean() for place in range(len(total))]
    season = np.ones(YEAR + 1)
    for number in range(1, YEAR + 1):
        distance = np.abs(numbers - number)
        weight = np.maximum(SEASON_WIDTH + 1 - np.minimum(distance, YEAR - distance), 0)
        season[number] = (weight * total / around).sum() / weight.sum()
    return season / season[1:].mean()


def _without_gaps(flat: Array) -> Array:
    """A week that says nothing is as what came before it led to expect."""
    filled, first = flat.copy(), flat[:8]
    expected = np.nansum(first, axis=0) / np.maximum((~np.isnan(first)).sum(axis=0), 1)
    for week, row in enumerate(flat):
        filled[week] = np.where(np.isnan(row), expected, row)
        expected = expected + 0.1 * (filled[week] - expected)
    return filled


def own_policy(weeks_of: Callable[[int], Array], factor: float) -> Policy:
    """Have on arrival what that week is expected to ask for and φ times its root, less what will be left by then."""

    def orders(week: int, observation: Array) -> Array:
        this, following, arrival = weeks_of(week)
        left = observation[0]
        for demand, arriving in ((this, observation[1]), (following, 0.0)):
            left = left - expected_sales(left, demand, DISPERSION / np.maximum(demand, 1e-6)) + arriving
        return np.round(np.maximum(arrival + factor * np.sqrt(arrival) - left, 0))

    return orders


def play(competition: Competition, policy: Policy) -> float:
    """What a policy costs in the eight weeks."""
    environment = environment_of(competition.demand, competition.on_hand, competition.arrivals, ORDERED)
    return float(played(environment, policy).cost.sum())


def tuned_factor(competition: Competition, name: str) -> tuple[float, float]:
    """The φ that would have cost least in the year before the start, and what it would have cost.

    Weeks in which a product was not there ask for what was expected of them.
    """
    start = len(competition.sales) - TUNED
    filled = _without_gaps(competition.sales)[start:]

    @cache
    def weeks_of(week: int) -> Array:
        return Forecaster(competition.sales[: start + week], competition.week_numbers, name).weeks

    mean = weeks_of(0)[0]
    environment = environment_of(np.round(filled), np.ceil(mean), np.stack([0 * mean, np.round(mean)]), TUNED)
    costs = [float(played(environment, own_policy(weeks_of, factor)).cost.sum()) for factor in FACTORS]
    best = int(np.argmin(costs))
    return float(FACTORS[best]), costs[best]


def own_cost(competition: Competition, name: str, factor: float, is_seen: bool) -> float:
    """What the policy costs in the play.

    Args:
        competition: the data.
        name: of the forecast.
        factor: φ.
        is_seen: whether demand that was not served is seen, as it was by who took part; else a week in which all was
            sold says nothing.
    """
    environment = environment_of(competition.demand, competition.on_hand, competition.arrivals, ORDERED)
    observation, _ = environment.reset()
    seen, cost = competition.sales, 0.0
    for week in range(PLAYED):
        weeks = Forecaster(seen, competition.week_numbers, name).weeks
        observation, reward, _, _, told = environment.step(
            own_policy(lambda _, weeks=weeks: weeks, factor)(week, observation)
        )
        cost -= float(reward.sum())
        sold = told["sold"][0]
        known = told["demand"][0] if is_seen else np.where(told["left"][0] > 0, sold, np.nan)
        seen = np.vstack([seen, known])
    return cost


def main() -> None:
    """Print what each policy costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    competition = read(parser.parse_args().folder)
    rows = [
        ["official benchmark", "", "", f"{play(competition, official_policy(competition)):,.1f}", ""],
        ["perfect foresight", "", "", f"{play(competition, foresight_policy(competition)):,.1f}", ""],
    ]
    for name in FORECASTS:
        factor, before = tuned_factor(competition, name)
        costs = [f"{own_cost(competition, name, factor, is_seen):,.1f}" for is_seen in (True, False)]
        rows.append([name, f"{factor:.1f}", f"{before:,.0f}", *costs])
    print(
        markdown_table(
            ["policy", "φ", "cost of the year before", "cost of the eight weeks", "lost demand not seen"], rows
        )
    )


if __name__ == "__main__":
    main()
