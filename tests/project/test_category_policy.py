"""A category with a horizon or a recovery of its own: its outcomes and values are others, and nobody else's."""

import shutil
from pathlib import Path

import duckdb
import pytest
from building import run_jobs

# What is learned from all categories stays as it was.
LEARNED = ("int_sell_through_models",)
CHAIN = ["run", "--select", "items", "outcomes", "forecasting", "nrv", "--exclude", *LEARNED]
OUTCOMES = "outcomes.realised_outcomes"
VALUES = "nrv.net_realizable_values"
CHANGES = {
    "shorter horizon": "horizon_months = 6",
    "longer horizon": "horizon_months = 18",
    "horizon beyond the data": "horizon_months = 36",
    "recovery": "recovery_rate = 0.7",
}


def rows(database: Path, query: str) -> list[tuple]:
    with duckdb.connect(database, read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def category(build) -> str:
    """The category with the most cost."""
    query = (
        f"select category from {VALUES} inner join core.items using (item_id) group by 1 order by sum(cost_value) desc"
    )
    return rows(build.folder / "build.duckdb", query)[0][0]


@pytest.fixture(scope="module")
def builds(build, category, tmp_path_factory) -> dict[str, Path]:
    """Outcomes and values built again under another policy for one category."""
    folder = tmp_path_factory.mktemp("category_policy")
    jobs = []
    for name, change in CHANGES.items():
        database = folder / name.replace(" ", "_") / "build.duckdb"
        database.parent.mkdir()
        shutil.copy(build.folder / "build.duckdb", database)
        with duckdb.connect(database) as connection:
            connection.execute("insert into policy.category_policy (category) values (?)", [category])
            connection.execute(f"update policy.category_policy set {change} where category = ?", [category])
        jobs.append(
            {"name": name, "database": str(database), "words": CHAIN, "variables": {"source_path": str(build.company)}}
        )
    for name, answer in run_jobs(folder, jobs).items():
        assert answer["success"], (name, answer["said"][-3000:])
    return {job["name"]: Path(job["database"]) for job in jobs}


@pytest.mark.parametrize("table", (OUTCOMES, VALUES))
@pytest.mark.parametrize("name", CHANGES)
def test_nobody_else_is_another(build, builds, category, name, table):
    columns = "columns(* exclude (is_scored))" if table == OUTCOMES else "*"
    query = f"""select {columns} from {table} where item_id not in (
        select item_id from core.items where category = '{category}'
    ) order by all"""
    assert rows(builds[name], query) == rows(build.folder / "build.duckdb", query)


@pytest.mark.parametrize("name", CHANGES)
def test_the_category_is(build, builds, category, name):
    query = f"""select round(sum(expected_write_down_amount) / sum(cost_value), 6) from {VALUES}
        inner join core.items using (item_id) where category = '{category}'"""
    assert rows(builds[name], query) != rows(build.folder / "build.duckdb", query)


def test_its_units_are_followed_to_the_end_of_its_horizon_as_far_as_the_data_reach(build, builds, category):
    query = f"""
        select distinct horizon_months, date_diff('month', valuation_date, known_on), is_scored
        from {OUTCOMES} inner join core.items using (item_id, horizon_months)
        where category = '{category}' order by all
    """
    assert rows(builds["shorter horizon"], query) == [(6, 6, False), (6, 6, True)]
    assert rows(builds["longer horizon"], query) == [(18, 18, False)]
    assert rows(builds["horizon beyond the data"], query) == []


def test_more_recovery_loses_less(build, builds, category):
    query = f"""select sum(realised_loss) from {OUTCOMES} inner join core.items using (item_id)
        where category = '{category}'"""
    assert rows(builds["recovery"], query) < rows(build.folder / "build.duckdb", query)
