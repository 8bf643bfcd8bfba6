"""What each family of features and each model is worth: refitted without it, judged where the outcome is known.

`python benchmarks/ablation.py warehouse/build.duckdb` prints the tables of docs/experiments.md. A family that models
learn from is taken away, one that they do not learn from is added; so are columns of pure chance, and other seeds.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from inventory_valuation.estimators import ENSEMBLES, ESTIMATORS, Estimator, Vector, predicted
from inventory_valuation.exact import to_days
from inventory_valuation.model_document import markdown_table
from inventory_valuation.training import (
    KEYS,
    all_columns,
    by_origin,
    columns_of_examples,
    feature_matrix,
    train_models,
)

_JUDGED = ("boosting", "ensemble")
_SEEDS = (2, 3, 4, 5)
_CHANCE = 10
_FEED = re.compile(r"(.+)_change_")
_LOSS_RATES = {name: estimator for name, estimator in ESTIMATORS.items() if estimator.target == "loss_rate"}

Rates = dict[int, Vector]
Measures = dict[str, Vector]  # by measure, one value for each origin


class Backtest:
    """The origins of a build whose outcome is known, and what came of their positions."""

    def __init__(self, build: Path) -> None:
        with duckdb.connect(str(build), read_only=True) as connection:
            self.catalogue = connection.table("features.feature_catalogue").order("feature").to_arrow_table()
            names = columns_of_examples(self.catalogue)
            examples = connection.sql(f"select {names} from learning.int_examples").to_arrow_table()
            self.windows = connection.table("learning.training_windows").to_arrow_table()
            dates = connection.table("learning.scoring_dates").filter("has_outcome and valuation_date = trained_on")
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

    def learned(self) -> list[str]:
        """The features that the models learn from."""
        return self.catalogue.filter(self.catalogue["is_learned"])["feature"].to_pylist()

    def of(self, family: str) -> set[str]:
        """The features of a family."""
        return {*self.catalogue.filter(pc.equal(self.catalogue["family"], family))["feature"].to_pylist()}

    def rates(self, features: Iterable[str], estimators: Mapping[str, Estimator] = _LOSS_RATES) -> dict[str, Rates]:
        """What the models fitted on these features say at each origin, by model."""
        monotone = dict(zip(*(self.catalogue[name].to_pylist() for name in ("feature", "monotone")), strict=True))
        names = sorted(features)
        chosen = pa.table(
            {"feature": names, "monotone": pa.array([monotone.get(name, 0) for name in names], pa.int64())}
        )
        trained = train_models(self.examples, self.windows, self.dates, chosen, estimators=estimators)
        artefacts = by_origin(trained)
        rows = {int(day): self.positions(day) for day in to_days(self.dates["valuation_date"])}
        shown = feature_matrix(self.examples, all_columns(trained))
        return {
            model: {day: predicted(model, artefacts[day], shown[at]) for day, at in rows.items()}
            for model in trained["model"].unique().to_pylist()
        }

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


def differences(changed: Measures, whole: Measures, noise: Mapping[str, float] | None = None) -> list[str]:
    """By how much each measure is worse, with a band of two standard errors over the origins, or two of the seeds'."""
    cells = []
    for name, before in whole.items():
        worse = changed[name] - before
        band = 2 * max(worse.std(ddof=1) / np.sqrt(len(worse)), (noise or {}).get(name, 0.0))
        clear = "**" if abs(worse.mean()) > band else ""
        cells.append(f"{clear}{worse.mean():+.4f}{clear} ± {band:.4f}")
    return cells


def seeded(seed: int) -> dict[str, Estimator]:
    """The estimators with another draw of rows and columns."""
    return {
        name: replace(estimator, parameters={**estimator.parameters, "seed": seed})
        for name, estimator in _LOSS_RATES.items()
    }


def families_table(backtest: Backtest, whole: dict[str, Rates]) -> str:
    """Every family and feed taken away or added, against the models as they are."""
    base = {model: backtest.measures(whole[model]) for model in _JUDGED}
    learned = {*backtest.learned()}
    others = [backtest.rates(learned, seeded(seed)) for seed in _SEEDS]
    draws = {model: [backtest.measures(rates[model]) for rates in others] for model in _JUDGED}
    noise = {
        model: {
            name: float(np.std([base[model][name].mean(), *(draw[name].mean() for draw in draws[model])], ddof=1))
            for name in base[model]
        }
        for model in _JUDGED
    }
    trials = {}
    for family in sorted({*backtest.catalogue["family"].to_pylist()}):
        taken, added = learned - backtest.of(family), learned | backtest.of(family)
        if taken != learned:
            trials[f"without {family}"] = taken
        if added != learned:
            trials[f"with the rest of {family}" if taken != learned else f"with {family}"] = added
    feeds = {found[1] for name in backtest.of("market") & learned if (found := _FEED.match(name))}
    for feed in sorted(feeds):
        trials[f"without {feed} of market"] = {name for name in learned if not name.startswith(feed)}
    trials[f"with {_CHANCE} columns of chance"] = learned | {*backtest.chance}
    lines = [
        [
            "another seed, standard deviation",
            "",
            *(f"{noise[model][name]:.4f}" for model in _JUDGED for name in base[model]),
        ]
    ]
    for words, features in trials.items():
        rates = backtest.rates(features)
        cells = [
            cell
            for model in _JUDGED
            for cell in differences(backtest.measures(rates[model]), base[model], noise[model])
        ]
        lines.append([words, str(abs(len(features) - len(learned))), *cells])
        print(f"tried: {words}", file=sys.stderr)
    heads = [f"{model}, {name}" for model in _JUDGED for name in base[model]]
    return markdown_table(["features", "number", *heads], lines)


def models_table(backtest: Backtest, whole: dict[str, Rates]) -> str:
    """Every model by itself and the ensemble without each of its members, against the ensemble."""
    shares = ENSEMBLES["ensemble"]
    trials = {f"{model} alone": rates for model, rates in whole.items() if model not in ENSEMBLES}
    for left_out in shares:
        rest = {member: share for member, share in shares.items() if member != left_out}
        trials[f"ensemble without {left_out}"] = {
            day: sum(share * whole[member][day] for member, share in rest.items()) / sum(rest.values())
            for day in whole["ensemble"]
        }
    base = backtest.measures(whole["ensemble"])
    lines = [["ensemble", *(f"{values.mean():.4f}" for values in base.values())]]
    lines += [[words, *differences(backtest.measures(rates), base)] for words, rates in trials.items()]
    return markdown_table(["model", *base], lines)


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="the file a build worked in")
    backtest = Backtest(parser.parse_args().build)
    whole = backtest.rates(backtest.learned())
    print(
        f"{len(backtest.dates)} origins, {len(backtest.positions(int(to_days(backtest.dates['valuation_date'])[-1]))):,} positions at the last\n"
    )
    print(models_table(backtest, whole), end="\n\n", flush=True)
    print(families_table(backtest, whole))
    return 0


if __name__ == "__main__":
    sys.exit(main())
