"""The feature catalogue and the models' descriptions tell the same story."""

import csv
import datetime
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
# Of all families, and long: a row per kind of signal.
NO_FAMILY = ("position_features", "signal_features")


def catalogue() -> list[dict[str, str]]:
    with (ROOT / "seeds/feature_catalogue.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_feature_is_described_as_in_the_catalogue():
    models = yaml.safe_load((ROOT / "models/features/_features.yml").read_text())["models"]
    described = {
        (model["name"].removesuffix("_features"), column["name"]): column["description"]
        for model in models
        if model["name"].endswith("_features") and model["name"] not in NO_FAMILY
        for column in model["columns"]
        if column["name"] not in ("item_id", "location_id", "valuation_date")
    }
    assert described == {(row["family"], row["feature"]): row["definition"] for row in catalogue()}


def test_reasons_take_a_value_and_signs_agree():
    for row in catalogue():
        told = {"value": 1.5, "since": datetime.date(2024, 1, 31), "root": 1.2, "inverse": 0.7}
        assert row["reason_text"].format(**told), row["feature"]
        assert row["expected_sign"] in ("-1", "0", "1"), row["feature"]
        assert row["monotone"] in ("0", row["expected_sign"]), row["feature"]
