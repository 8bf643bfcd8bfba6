"""What each family of features is worth: models fitted again without it, judged where the outcome is known.

`python benchmarks/families.py warehouse/build.duckdb` prints the table of docs/experiments.md. A family that models
learn from is taken away, one that they do not learn from is added; so are columns of pure chance, and other seeds.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from inventory_valuation.exact import to_days
from inventory_valuation.learning.estimators import ENSEMBLES, ESTIMATORS, Vector, predicted
from inventory_valuation.learning.training import KEYS, all_columns, columns_of_examples, feature_matrix, train_models
from inventory_valuation.publishing.model_document import markdown_table
from inventory_valuation.run_cards import by_origin

_JUDGED = ("linear", "ensemble")
_SEEDS = range(1, 7)
_SEEDS_OF_A_TRIAL = range(1, 3)
_CHANCE = 10
_FEED = re.compile(r"(.+)_change_")

Rates = dict[int, Vector]
Measures = dict[str, Vector]  # by measure, one value for each origin


class Backtest:
    """The origins of a build whose outcome is known, and what came of their positions."""

    def __init__(self, build: Path) -> None:
        with duckdb.connect(str(build), read_only=True) as connection:
            self.catalogue = connection.table("features.feature_catalogue").order("feature").to_arrow_table()
            names = columns_of_examples(self.catalogue)
            examples = connection.sql(f"select {names} from learning.int_examples").to_arrow_table()
            self.windows = connection.table("outcomes.training_windows").to_arrow_table()
            dates = connection.sql(
                "from outcomes.scoring_dates semi join core.valuation_dates as dates"
                " on scoring_dates.valuation_date = dates.valuation_date and dates.has_outcome"
            ).filter("valuation_date = trained_on")
            self.dates = dates.order("valuation_date").to_arrow_table()
        examples = examples.sort_by([(key, "ascending") for key in ("valuation_date", *KEYS[:2])])
        random = np.random.default_rng(1)
        self.chance = [f"chance_{number}" for number in range(_CHANCE)]
        for name in self.chance:
            examples = examples.append_column(name, pa.array(random.normal(size=len(examples))))
        self.examples, self.days = examples, to_days(examples["valuation_date"])
        self.cost, self.rate = (
            examples[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
            for name in ("cost_value", "realised_loss_rate")
        )

    def positions(self, day: int) -> np.ndarray:
        """The rows of an origin that have cost and an outcome."""
        return np.flatnonzero((self.days == day) & (self.cost > 0) & ~np.isnan(self.rate))

    def learned(self) -> set[str]:
        """The features that the models learn from."""
        return {*self.catalogue.filter(self.catalogue["is_learned"])["feature"].to_pylist()}

    def of(self, family: str) -> set[str]:
        """The features of a family of which the company's data say anything."""
        names = self.catalogue.filter(pc.equal(self.catalogue["family"], family))["feature"].to_pylist()
        return {name for name in names if self.examples[name].null_count < len(self.examples)}

    def rates(self, features: Iterable[str], models: Iterable[str], seed: int = 1) -> dict[str, Rates]:
        """What models, the members of the ensembles among them, say at each origin when fitted on these features."""
        signs = dict(zip(*(self.catalogue[name].to_pylist() for name in ("feature", "monotone")), strict=True))
        names = sorted(features)
        chosen = {"feature": names, "monotone": pa.array([signs.get(name, 0) for name in names], pa.int64())}
        estimators = {
            name: replace(ESTIMATORS[name], parameters={**ESTIMATORS[name].parameters, "seed": seed}) for name in models
        }
        trained = train_models(self.examples, self.windows, self.dates, pa.table(chosen), estimators=estimators)
        artefacts = by_origin(trained)
        rows = {int(day): self.positions(day) for day in to_days(self.dates["valuation_date"])}
        shown = feature_matrix(self.examples, all_columns(trained))
        return {
            model: {day: predicted(model, artefacts[day], shown[at]) for day, at in rows.items()}
            for model in trained["model"].unique().to_pylist()
        }

    def trial(self, features: Iterable[str], seeds: Iterable[int]) -> list[dict[str, Measures]]:
        """The measures of the judged models, fitted on these features with each seed."""
        fitted = [self.rates(features, ENSEMBLES["ensemble"], seed) for seed in seeds]
        return [{model: self.measures(rates[model]) for model in _JUDGED} for rates in fitted]

    def measures(self, rates: Rates) -> Measures:
        """Equal-reserve unexpected share (method.md, section 5) and the champion's measure, one value an origin."""
        shares, errors = [], []
        for day, rate in rates.items():
            cost, happened = self.cost[self.positions(day)], self.rate[self.positions(day)]
            loss, reserve = cost * happened, cost * rate
            scaled = reserve * loss.sum() / reserve.sum()
            shares.append(np.maximum(loss - scaled, 0).sum() / loss.sum())
            errors.append(np.sqrt(np.average((rate - happened) ** 2, weights=cost)))
        return {"share": np.array(shares), "error": np.array(errors)}


def mean_of(draws: list[dict[str, Measures]], model: str, measure: str) -> Vector:
    """The mean over seeds of a measure, by origin."""
    return np.mean([draw[model][measure] for draw in draws], axis=0)


def difference(worse: Vector, noise: float = 0.0) -> str:
    """By how much a measure is worse in the mean of the origins, with a band of two standard errors.

    Args:
        worse: the difference at each origin.
        noise: standard error of the mean by the seeds alone; the larger of the two errors counts.
    """
    band = 2 * max(worse.std(ddof=1) / np.sqrt(len(worse)), noise)
    clear = "**" if abs(worse.mean()) > band else ""
    return f"{clear}{worse.mean():+.4f}{clear} ± {band:.4f}"


def trials_of(backtest: Backtest) -> dict[str, set[str]]:
    """Every family and feed taken away or added, by what is said of it."""
    learned = backtest.learned()
    trials = {}
    for family in sorted({*backtest.catalogue["family"].to_pylist()}):
        taken, added = learned & backtest.of(family), backtest.of(family) - learned
        if taken:
            trials[f"without {family}"] = learned - taken
        if added:
            trials[f"with the rest of {family}" if taken else f"with {family}"] = learned | added
    for name in sorted(backtest.of("market") & learned):
        if feed := _FEED.match(name):
            of_feed = {other for other in learned if other.startswith(feed[1])}
            trials[f"without {feed[1].replace('_', ' ')} (market)"] = learned - of_feed
    return {**trials, f"with {_CHANCE} columns of chance": learned | {*backtest.chance}}


def families_table(backtest: Backtest) -> str:
    """Every family and feed taken away or added, against the models as they are."""
    learned = backtest.learned()
    columns = [(model, measure) for model in _JUDGED for measure in ("share", "error")]
    draws = backtest.trial(learned, _SEEDS)
    spread = [np.std([draw[model][measure].mean() for draw in draws], ddof=1) for model, measure in columns]
    noise = [sigma * np.sqrt(1 / len(_SEEDS) + 1 / len(_SEEDS_OF_A_TRIAL)) for sigma in spread]
    lines = [
        ["as they are", "", *(f"{mean_of(draws, *column).mean():.4f}" for column in columns)],
        ["standard deviation between seeds", "", *(f"{sigma:.4f}" for sigma in spread)],
    ]
    for words, features in trials_of(backtest).items():
        found = backtest.trial(features, _SEEDS_OF_A_TRIAL)
        cells = [
            difference(mean_of(found, *column) - mean_of(draws, *column), error)
            for column, error in zip(columns, noise, strict=True)
        ]
        lines.append([words, str(abs(len(features) - len(learned))), *cells])
        print(f"tried: {words}", file=sys.stderr)
    return markdown_table(["features", "number", *(", ".join(column) for column in columns)], lines)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="the file a build worked in")
    backtest = Backtest(parser.parse_args().build)
    (last,) = to_days(backtest.dates["valuation_date"])[-1:]
    print(f"{len(backtest.dates)} origins, {len(backtest.positions(last)):,} positions at the last\n")
    print(families_table(backtest))
    return 0


if __name__ == "__main__":
    sys.exit(main())
