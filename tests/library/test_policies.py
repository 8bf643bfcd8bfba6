"""The policies: every seed is checked before work, by sentences that name the file, the line and the mend."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest
import yaml
from sources_at_work import ITEMS, VARIABLES, write_delivery

from inventory_valuation.learning.estimators import ENSEMBLES, ESTIMATORS
from inventory_valuation.policies.checking import faults_of_names, read_policies
from inventory_valuation.policies.level import levels
from inventory_valuation.policies.rules import MODELS
from inventory_valuation.policies.tables import POLICIES, SEGMENTS
from inventory_valuation.sources.checking import check_delivery
from inventory_valuation.sources.preparing import prepare_sources

ROOT = Path(__file__).parents[2]
SEEDS = {path.stem: path.read_text() for path in sorted((ROOT / "seeds").glob("*.csv"))}


def faults(folder: Path, name: str, text: str | bytes) -> list[str]:
    """What is wrong with a seed that stands in another's place."""
    path = folder / f"{name}.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_policies({name: path})[1]


def test_the_policies_of_the_project_are_right():
    assert read_policies()[1] == []


def test_every_seed_is_checked_by_the_columns_that_dbt_loads():
    loaded = {
        seed["name"]: list(seed["config"]["column_types"])
        for path in (ROOT / "seeds").glob("*.yml")
        for seed in yaml.safe_load(path.read_text())["seeds"]
    }
    assert loaded == {name: list(policy.columns) for name, policy in POLICIES.items()}
    assert set(SEEDS) == set(POLICIES)


def test_what_seeds_may_name_is_what_the_code_makes():
    rules = (ROOT / "models/forecasting/segments.sql").read_text()
    assert set(re.findall(r"(?:then|else) '([a-z]+)'", rules)) == set(SEGMENTS)
    made = {name for name, model in ESTIMATORS.items() if model.target == "loss_rate"} | set(ENSEMBLES)
    assert made == set(MODELS)


AGES = "bucket,from_days,to_days,reserve_rate\n"
CATEGORIES = "category,selling_cost_rate,recovery_rate,scrap_proceeds_rate,normal_margin_rate,horizon_months\n"
BANDS = "risk_band,from_probability,segment\nlow,0,\nhigh,0.5,\n"
PERIODS = "period_end,fiscal_year,fiscal_quarter,fiscal_period\n"
PLAN = "period_end,category,planned_amount\n"
CONTRACTS = "contract_id,item_id,location_id,quantity,unit_price,signed_on,deliver_by\n"
# The seed, what stands in it, and what each of its sentences says; none: nothing is wrong.
CASES = {
    "one bucket": ("ageing_policy", AGES + "1,0,,0.1\n", []),
    "twelve buckets": (
        "ageing_policy",
        AGES + "".join(f"{n},{30 * n - 30},{'' if n == 12 else 30 * n - 1},{n / 12:.2f}\n" for n in range(1, 13)),
        [],
    ),
    "no bucket": ("ageing_policy", AGES, [["no bucket", "from 0 days"]]),
    "a gap": ("ageing_policy", AGES + "1,0,90,0\n2,121,,1\n", [["line 3", "begins at 121", "let it begin at 91"]]),
    "an overlap": ("ageing_policy", AGES + "1,0,90,0\n2,90,,1\n", [["line 2", "an age is in both", "end it at 89"]]),
    "no youngest": ("ageing_policy", AGES + "1,1,,0\n", [["line 2", "begins at 1 days", "begin at 0"]]),
    "no oldest": ("ageing_policy", AGES + "1,0,365,0\n", [["line 2", "holds older stock", "to_days empty"]]),
    "numbered from the oldest": ("ageing_policy", AGES + "2,0,90,0\n1,91,,1\n", [["line 3", "number the buckets"]]),
    "ends before it begins": (
        "ageing_policy",
        AGES + "1,0,90,0\n2,91,50,1\n3,91,,1\n",
        [["line 3", "ends at 50 days, before it begins at 91"]],
    ),
    "all that is wrong at once": (
        "ageing_policy",
        AGES + '1,0,90,1.5\n2,91,"1,000",\n',
        [["line 2", "reserve_rate is 1.5", "from 0 to 1"], ["line 3", "to_days is '1,000'"], ["reserve_rate is empty"]],
    ),
    "a decimal comma": ("category_policy", CATEGORIES + '*,"0,05",0.2,0,0.2,\n', [["'0,05'", "such as 0.25"]]),
    "semicolons": ("ageing_policy", AGES.replace(",", ";"), [["part its values by commas"]]),
    "another encoding": ("reason_codes", "reason_code,description\nSALE,Räumung\n".encode("cp1252"), [["not UTF-8"]]),
    "a byte order mark": ("ageing_policy", ("\ufeff" + AGES + "1,0,,0\n").encode(), []),
    "a missing column": ("ageing_policy", "bucket,from_days,to_days\n", [["lacks the column reserve_rate"]]),
    "a row too long": ("ageing_policy", AGES + "1,0,,0,0\n", [["5 values in line 2"]]),
    "no default": ("category_policy", CATEGORIES + "Audio,0.05,0.2,0,0.2,\n", [["no row has `*` as its category"]]),
    "half a default": ("category_policy", CATEGORIES + "*,0.05,,0,0.2,\n", [["line 2", "recovery_rate is empty"]]),
    "a horizon in years": (
        "category_policy",
        CATEGORIES + "*,0.05,0.2,0,0.2,\nAudio,,,,,0.5\n",
        [["line 3", "horizon_months is '0.5'", "whole number"]],
    ),
    "a horizon of four years": (
        "category_policy",
        CATEGORIES + "*,0.05,0.2,0,0.2,\nAudio,,,,,48\n",
        [["line 3", "horizon_months is 48", "from 1 to 36"]],
    ),
    "the horizon of all": ("category_policy", CATEGORIES + "*,0.05,0.2,0,0.2,6\n", [["line 2", "var horizon_months"]]),
    "half a category": ("category_policy", CATEGORIES + "*,0.05,0.2,0,0.2,\nAudio,,0.3,,,\n", []),
    "twice the same": ("category_policy", CATEGORIES + 2 * "*,0.05,0.2,0,0.2,\n", [["line 3", "in line 2 already"]]),
    "blanks": ("category_policy", CATEGORIES + "* ,0.05,0.2,0,0.2,\n", [["'* ', with blanks"]]),
    "a segment misspelt": ("risk_bands", BANDS + "low,0,ded\n", [["line 4", "'ded'", "dead"]]),
    "a segment without a lowest band": ("risk_bands", BANDS + "high,0.5,dead\n", [["line 4", "0.5, not at 0"]]),
    "bands of one segment alone": ("risk_bands", BANDS.replace(",\n", ",dead\n"), [["no row has an empty segment"]]),
    "two bands from one probability": ("risk_bands", BANDS + "severe,0.5,\n", [["line 4", "both begin at 0.5"]]),
    "a rule's gap": (
        "rule_buckets",
        SEEDS["rule_buckets"].replace("calibrated_recency,2,31,61\n", ""),
        [["line 2", "ends at 31", "begins at 61"]],
    ),
    "nothing for what has no measure": (
        "rule_buckets",
        SEEDS["rule_buckets"].replace("movement_rate,7,,\n", ""),
        [["movement_rate has no buckets for positions without a measure"]],
    ),
    "half a bucket": (
        "rule_buckets",
        SEEDS["rule_buckets"].replace("movement_rate,7,,\n", "movement_rate,7,,3\n"),
        [["from_value is empty and to_value is not"]],
    ),
    "a role without limits": ("approvers", "approver,approver_role\nA. Boss,boss\n", [["line 2", "controller"]]),
    "a role in capitals": (
        "authority_levels",
        SEEDS["authority_levels"] + "period,CEO,1,1\n",
        [["the role CEO", "write ceo"]],
    ),
    "a decision larger than the period": (
        "authority_levels",
        SEEDS["authority_levels"] + "period,ceo,2,1\n",
        [["limit_amount 2 is above period_limit_amount 1"]],
    ),
    "two defaults": (
        "candidate_models",
        SEEDS["candidate_models"].replace("forest,9,false", "forest,9,true"),
        [["2 rows have is_default true"]],
    ),
    "a model that nobody makes": (
        "candidate_models",
        SEEDS["candidate_models"] + "boosting,11,false,Trees\n",
        [["boosting", "ensemble"]],
    ),
    "an account missing": (
        "gl_accounts",
        SEEDS["gl_accounts"].replace("reversal,debit,*", "reversal,debit,Audio"),
        [["the debit of reversal has no row with `*`"]],
    ),
    "a reserve on two accounts": (
        "gl_accounts",
        SEEDS["gl_accounts"] + "addition,credit,*,*,ifrs,1495,Reserve under IFRS\n",
        [["framework ifrs", "credit of addition 1495", "debit of reversal 1490"]],
    ),
    "an account with two names": (
        "gl_accounts",
        SEEDS["gl_accounts"] + "addition,debit,*,*,ifrs,5100,Losses\n",
        [["the account 5100 is called 'Losses'"]],
    ),
    "a column of nothing": (
        "journal_layouts",
        SEEDS["journal_layouts"] + "sap,*,90,X,amnt,,\n",
        [["no journal line has 'amnt'", "amount"]],
    ),
    "nothing is watched": (
        "monitoring_thresholds",
        SEEDS["monitoring_thresholds"] + "stock_turns,1,,low,Slow.,\n",
        [["nothing is watched as stock_turns"]],
    ),
    "no limits of confidence": (
        "monitoring_thresholds",
        "".join(line for line in SEEDS["monitoring_thresholds"].splitlines(True) if "interval_rate" not in line),
        [["interval_rate needs both limits"]],
    ),
    "a pattern that can't be read": ("non_product_ids", "pattern,kind\n(,x\n", [["the pattern ( can't be read"]]),
    "a day and a half": (
        "policy_constants",
        SEEDS["policy_constants"].replace("new_stock_days,90", "new_stock_days,90.5"),
        [["new_stock_days is 90.5", "a whole number of days"]],
    ),
    "months that are days": (
        "policy_constants",
        SEEDS["policy_constants"].replace("8,months", "240,days"),
        [["long_cover_months counts months, not days"]],
    ),
    "ten is twelve": (
        "policy_constants",
        SEEDS["policy_constants"].replace("slip_tolerance,0.08", "slip_tolerance,0.2"),
        [["below 0.09"]],
    ),
    "no change is proposed": (
        "policy_constants",
        SEEDS["policy_constants"].replace("least_reserve_change,0,", "least_reserve_change,1,"),
        [["from 0 up to 1"]],
    ),
    "everything is doubtful": (
        "policy_constants",
        SEEDS["policy_constants"].replace("outlier_multiple,5", "outlier_multiple,1"),
        [["a multiple has to be above 1"]],
    ),
    "a plan in mid-month": ("reserve_plan", PLAN + "2026-06-15,Audio,5\n", [["no month end", "2026-06-30"]]),
    "a contract that never counts": (
        "firm_sales_contracts",
        CONTRACTS + "C1,A,MAIN,5,9,2026-01-31,2026-01-31\n",
        [["so that it never counts"]],
    ),
    "weeks of 4-4-5": (
        "fiscal_calendar",
        PERIODS
        + "2025-11-29,2025,4,11\n2026-01-03,2025,4,12\n2026-01-31,2026,1,1\n2026-02-28,2026,1,2\n2026-04-04,2026,1,3\n",
        [],
    ),
    "thirteen periods": (
        "fiscal_calendar",
        PERIODS + "2026-01-28,2026,1,1\n2026-02-25,2026,1,2\n2026-03-25,2026,1,3\n2026-04-22,2026,2,4\n"
        "2026-05-20,2026,2,5\n"
        "2026-06-17,2026,2,6\n",
        [["line 7", "13 days from the month end 2026-06-30", "thirteen periods"]],
    ),
    "a period missing": (
        "fiscal_calendar",
        PERIODS + "2026-01-31,2026,1,1\n2026-03-31,2026,1,2\n",
        [["between 2026-01-31 and 2026-03-31", "add its row"]],
    ),
    "periods out of order": (
        "fiscal_calendar",
        PERIODS + "2026-01-31,2026,1,1\n2026-02-28,2026,1,3\n",
        [["period 3 of quarter 1 of 2026 doesn't follow period 1"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong_with_a_policy_is_said_with_its_mend(tmp_path, name, text, expected):
    said = faults(tmp_path, name, text)
    assert len(said) == len(expected), said
    for sentence, words in zip(said, expected, strict=True):
        assert f"seeds/{name}.csv" in sentence
        for word in words:
            assert word in sentence


# Rows that may not go, by seed; of the other seeds none is needed. What may go is gone in a whole build of test_vars.
NEEDED = {
    **dict.fromkeys(("ageing_policy", "gl_accounts", "policy_constants", "rule_buckets"), lambda row: True),
    **dict.fromkeys(
        ("category_policy", "count_tolerances", "data_quality_policy", "liquidation_policy"), lambda row: "*" in row
    ),
    "candidate_models": lambda row: "true" in row,
    "monitoring_thresholds": lambda row: "interval_rate" in row,
    "reorder_policy": lambda row: row[:2] == ["*", "*"],
    "risk_bands": lambda row: row[1] == "0",
}


@pytest.mark.parametrize("name", SEEDS)
def test_a_row_less_is_right_or_is_said_to_be_missing(tmp_path, name):
    lines = SEEDS[name].splitlines(keepends=True)
    rows = list(csv.reader(lines))
    for place in range(1, len(lines), max(1, len(lines) // 50)):
        said = faults(tmp_path, name, "".join(lines[:place] + lines[place + 1 :]))
        assert bool(said) == NEEDED.get(name, lambda row: False)(rows[place]), (rows[place], said)


@pytest.mark.parametrize("name", SEEDS)
def test_a_row_given_twice_is_said(tmp_path, name):
    text = SEEDS[name]
    if text.count("\n") > 1:
        assert any("already" in fault for fault in faults(tmp_path, name, text + text.splitlines(True)[-1]))


@pytest.mark.parametrize("name", [name for name in SEEDS if len(SEEDS[name].splitlines()) > 1])
def test_an_empty_or_foreign_value_is_said_by_line_and_column(tmp_path, name):
    rows = list(csv.reader(SEEDS[name].splitlines()))
    for place, column in enumerate(rows[0]):
        values = POLICIES[name].columns[column]
        leans = POLICIES[name].has_default and rows[1][0] != "*"
        for text in ["", *(["?"] if values.kind != "text" or values.choices else [])]:
            changed = [list(row) for row in rows]
            changed[1][place] = text
            with (tmp_path / "changed.csv").open("w", newline="") as file:
                csv.writer(file).writerows(changed)
            said = faults(tmp_path, name, (tmp_path / "changed.csv").read_text())
            if text == "" and (values.may_be_empty or leans):
                continue
            assert any(f"line 2: {column} is" in fault for fault in said), (column, text, said)


def test_policies_of_what_the_company_does_not_have_are_said(tmp_path):
    items = ITEMS.replace("B,Bulb,Lamps", "B,Bulb,Bulbs")
    texts = {
        "category_policy": CATEGORIES + "*,0.05,0.2,0,0.2,\nLamp,0.1,0.1,0,0.1,\n",
        "gl_accounts": SEEDS["gl_accounts"] + "addition,debit,*,NORTH,*,5101,Write-downs north\n",
        "firm_sales_contracts": CONTRACTS
        + "C1,A,MAIN,5,9,2024-01-01,2026-01-31\nC2,Z,MAIN,5,9,2024-01-01,2026-01-31\n",
        "id_decisions": "master_table,source_id,canonical_id,reason\nitems,a-1,A,J. Doe\nitems,b-1,BB,J. Doe\n",
        "reserve_plan": PLAN + "2024-01-31,*,5\n2024-01-31,uncategorised,5\n",
    }
    paths = {}
    for name, text in texts.items():
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_text(text)
    folder = write_delivery(tmp_path / "d", items=items)
    with duckdb.connect() as connection:
        said = prepare_sources(connection, VARIABLES | {"source_path": str(folder)}, tmp_path / "copies", paths)
    expected = [
        ("category_policy.csv, line 3", "no item has the category 'Lamp' ('Lamps' comes closest)"),
        ("firm_sales_contracts.csv, line 3", "the table items does not hold 'Z' (there are A, B)"),
        ("gl_accounts.csv, line 16", "the table locations does not hold 'NORTH' (there are MAIN)"),
        ("reserve_plan.csv, line 2", "no item has the category '*'"),
        ("id_decisions.csv, line 3", "the table items does not hold 'BB'"),
    ]
    assert len(said) == len(expected), said
    for sentence, words in zip(said, expected, strict=True):
        for word in words:
            assert word in sentence


def test_a_calendar_that_ends_before_the_data_is_said(tmp_path):
    path = tmp_path / "fiscal_calendar.csv"
    path.write_text(PERIODS + "2023-11-30,2023,4,11\n2023-12-31,2023,4,12\n")
    folder = write_delivery(tmp_path / "d")
    told = VARIABLES | {"source_path": str(folder)}
    with duckdb.connect() as connection:
        said = prepare_sources(connection, told, tmp_path / "copies", {"fiscal_calendar": path})
    assert len(said) == 1 and "from 2023-11-30 to 2023-12-31" in said[0] and "add the periods" in said[0]


def test_policies_are_checked_anew_when_the_delivery_is_not(tmp_path):
    """What was read stays as it is while its files do; a policy may have changed since."""
    path = tmp_path / "ageing_policy.csv"
    path.write_text(AGES + "1,0,,0\n")
    told = VARIABLES | {"source_path": str(write_delivery(tmp_path / "d"))}
    with duckdb.connect() as connection:
        assert prepare_sources(connection, told, tmp_path / "copies", {"ageing_policy": path}) == []
        path.write_text(AGES + "1,5,,0\n")
        said = prepare_sources(connection, told, tmp_path / "copies", {"ageing_policy": path})
        assert len(said) == 1 and "begins at 5 days" in said[0]
        assert list(faults_of_names(connection, read_policies()[0])) == []


def test_vars_files_and_policies_are_told_together(tmp_path, monkeypatch):
    folder = write_delivery(tmp_path / "d")
    (folder / "sales.csv").unlink()
    path = tmp_path / "ageing_policy.csv"
    path.write_text(AGES)
    told = VARIABLES | {"source_path": str(folder)}
    with duckdb.connect() as connection:
        said = " ".join(prepare_sources(connection, told, tmp_path / "copies", {"ageing_policy": path}))
        assert "required table sales is absent" in said and "it has no bucket" in said
        told["horizon_months"] = 0
        said = " ".join(prepare_sources(connection, told, tmp_path / "copies", {"ageing_policy": path}))
        assert "horizon_months is '0'" in said and "it has no bucket" in said


def test_the_check_of_a_delivery_tells_them_too(tmp_path):
    report = check_delivery(VARIABLES | {"source_path": str(write_delivery(tmp_path / "d"))})
    assert report.faults == []


def test_what_decides_the_level_of_the_reserve_is_told_with_its_default():
    def rates(category, recovery, selling_cost, horizon=None):
        row = {"category": category, "recovery_rate": recovery, "selling_cost_rate": selling_cost}
        return row | {"horizon_months": horizon}

    by_default = levels(12, [rates("*", 0.2, 0.05)], [row.values for row in read_policies()[0]["ageing_policy"]])
    assert [level.default for level in by_default] == [None] * 4
    others = [rates("*", 0.2, 0.1), rates("Audio", 0.5, None)]
    told = [str(level) for level in levels(6, others, [{"from_days": 0, "reserve_rate": 0.1}])]
    assert told[0].startswith("horizon_months 6 (default 12). How far ahead")
    assert told[1].startswith("recovery_rate 20%, of its own in 1 category (default 20%).")
    assert told[2].startswith("selling_cost_rate 10% (default 5%).")
    assert told[3].startswith("ageing_policy 0 or more days 10% (default from 0 days 0%, from 91 days 25%")
    longer = [rates("*", 0.2, 0.05), rates("Spares", None, None, 36)]
    assert str(levels(12, longer, [])[0]).startswith("horizon_months 12, of its own in 1 category (default 12).")
    assert str(levels(6, [], [])[3]).startswith("ageing_policy no bucket (default from 0")
