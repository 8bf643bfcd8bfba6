"""How early and how steadily stock was reserved, and what its value was worth: from the published files of builds.

`python benchmarks/watching.py "Retailer, horizon 6=retail.duckdb" "Demo=demo.duckdb"` writes docs/watching.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

import watching_alerts

from inventory_valuation.publishing.model_document import markdown_table

_INTRODUCTION = """# Watching itself

Written by `benchmarks/watching.py` from `monitoring.model_accuracy`, whose measures are defined in
`models/monitoring/_monitoring.yml`: rolling origins behind the embargo, every method on the same stock. The spread is
the standard deviation over the dates.

- **Lead**: months from the month end since which a method held at least half of the loss, until the loss came, to the
  loss. It counts stock that lost at least half of its cost and that the ageing policy had not begun to reserve at the
  date: stock that is in everybody's books already tells nothing of who was first. Who reserves everything is first too.
  So false alarms stand beside it, and the lead at an equal total reserve.
- **Surprise**: at least half of the cost lost, under a tenth reserved. **False alarm**: the reverse.
- **Move**: of the reserve rate in a month, on stock of which nothing left and to which nothing came, weighted by cost.
  News is what the run of the month before says of the new facts; noise is what a retraining or another champion says of
  the same facts.
- **Worth**: cost less reserve, against what the stock brought up to its cost.
"""

_REASONS = "What is missed, and why: [experiments.md](experiments.md#earlier-and-steadier-2026-11-30).\n"

_LEADS = {
    "lead_months": "lead, months (median)",
    "equal_reserve_lead_months": "the same at equal reserve",
    "lead_missed_rate": "share of these losses without lead",
    "surprise_count": "surprises a date",
    "surprise_rate": "their share of all loss",
    "false_alarm_count": "false alarms a date",
    "false_alarm_rate": "their reserve over all loss",
    "equal_reserve_surprise_rate": "surprises at equal reserve",
    "equal_reserve_false_alarm_rate": "false alarms at equal reserve",
}
_MOVES = {
    "reserve_move": "move in a month",
    "reserve_move_down": "of it down",
    "reserve_move_by_news": "by news",
    "reserve_move_by_noise": "by noise",
}
_WORTH = {"valuation_wape": "absolute error over what it brought (WAPE)", "valuation_mape": "mean of errors (MAPE)"}

Connection = duckdb.DuckDBPyConnection
Means = dict[tuple[str, str], tuple[float, float, int, float]]


def means_of(connection: Connection) -> Means:
    """Mean, spread, number of dates and mean number of positions, by method and metric, on the champion's dates."""
    rows = connection.execute(
        """
        with judged as (
            select * from monitoring.model_accuracy as accuracy
            where exists (
                select 1 from monitoring.model_accuracy as champions
                where
                    champions.method = 'champion' and champions.metric = accuracy.metric
                    and champions.valuation_date = accuracy.valuation_date
            )
        )
        select method, metric, avg(value), coalesce(stddev_samp(value), 0), count(*), avg(positions)
        from judged group by method, metric
        """
    ).fetchall()
    return {(method, metric): tuple(values) for method, metric, *values in rows}


def noise_share(means: Means, method: str) -> float:
    """What of the moves is noise, of news and noise together."""
    news, noise = (means[method, f"reserve_move_by_{kind}"][0] for kind in ("news", "noise"))
    return noise / (news + noise) if news + noise else 0.0


def aims_of(connection: Connection) -> str:
    """What is aimed at, and what the champions reached."""
    means = means_of(connection)

    def mean(method: str, metric: str) -> float:
        return means[method, metric][0]

    lines = []
    if ("champion", "lead_months") in means:
        for rule in ("static_ageing", "calibrated_ageing"):
            gained = mean("champion", "lead_months") - mean(rule, "lead_months")
            more = mean(rule, "false_alarm_rate"), mean("champion", "false_alarm_rate")
            told = f"{gained:+.2f}; false alarms {more[1]:.3f} against {more[0]:.3f}"
            lines.append([f"months of lead more than {rule}", "2", told, gained >= 2])
    for metric, words in (("surprise_count", "number"), ("surprise_rate", "amount")):
        policy = mean("static_ageing", metric)
        share = mean("champion", metric) / policy if policy else 0.0
        lines.append([f"surprises of static_ageing, by {words}", "at most 33%", f"{share:.0%}", share <= 1 / 3])
    noise = noise_share(means, "champion")
    lines.append(["moves that are noise", "under 20%", f"{noise:.0%}", noise < 0.2])
    for rule in ("static_ageing", "calibrated_ageing"):
        moved = mean("champion", "reserve_move"), mean(rule, "reserve_move")
        lines.append([f"moves, at most those of {rule}", f"{moved[1]:.3f}", f"{moved[0]:.3f}", moved[0] <= moved[1]])
    return markdown_table(
        ["aim, mean over the dates", "aim", "reached", "met"],
        [[*words, "yes" if met else "no"] for *words, met in lines],
    )


def methods_of(connection: Connection, metrics: dict[str, str], noise: bool = False) -> str:
    """Methods by metrics: the mean and, after ±, the spread over the dates."""
    means = means_of(connection)
    first = next(iter(metrics))
    lines = []
    for method in sorted({method for method, metric in means if metric == first}):
        found = [means.get((method, metric)) for metric in metrics]
        cells = ["" if told is None else f"{told[0]:.3f} ± {told[1]:.3f}" for told in found]
        lines.append([method, *cells, *([f"{noise_share(means, method):.0%}"] if noise else [])])
    _, _, dates, positions = means.get(("champion", first), (0, 0, 0, 0))
    lines.append([f"dates: {dates}, positions a date: {positions:,.0f}", *[""] * (len(metrics) + noise)])
    return markdown_table(["method", *metrics.values(), *(["noise share"] if noise else [])], lines)


def by_date(connection: Connection, metrics: dict[str, str], methods: tuple[str, ...], quarterly: bool) -> str:
    """Metrics of some methods by month end, or by quarter as the mean of its month ends."""
    period = (
        "year(valuation_date) || ' Q' || quarter(valuation_date)" if quarterly else "cast(valuation_date as varchar)"
    )
    rows = connection.execute(
        f"""
        select {period} as period, method, metric, avg(value) from monitoring.model_accuracy
        where list_contains($methods, method) and list_contains($metrics, metric)
        group by all
        """,
        {"methods": list(methods), "metrics": list(metrics)},
    ).fetchall()
    found = {tuple(key): value for *key, value in rows}
    periods = sorted({period for period, method, _ in found if method == methods[0]})
    columns = [(method, metric) for metric in metrics for method in methods]
    lines = [
        [when, *("" if (when, *column) not in found else f"{found[(when, *column)]:.3f}" for column in columns)]
        for when in periods
    ]
    heads = [f"{metrics[metric]}, {method}" for method, metric in columns]
    return markdown_table(["quarter" if quarterly else "month end", *heads], lines)


def table_of(connection: Connection, query: str) -> str:
    """The rows of a query, fractions with three digits and amounts as whole numbers."""
    found = connection.execute(query)
    lines = [
        ["" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value) for value in row]
        for row in found.fetchall()
    ]
    return markdown_table([column[0].replace("_", " ") for column in found.description], lines)


_YEARS = """
    select fiscal_year, period_count as periods, cast(charged_to_costs_amount as bigint) as written_down,
        cast(average_stock_value as bigint) as average_stock, write_down_rate as of_average_stock_in_a_year
    from marts.schedule_ii order by fiscal_year
"""
_DEAD = """
    with frozen as (
        select valuation_date, value, avg(value) over () as mean_value
        from outcomes.present_process_baselines where metric = 'dead_stock_rate'
    )
    select
        cast(outcomes.valuation_date as varchar) as month_end,
        cast(sum(outcomes.cost_value) filter (has_no_sale) as bigint) as dead_stock,
        cast(sum(outcomes.cost_value) filter (has_no_sale) as double) / cast(sum(outcomes.cost_value) as double)
            as share_of_cost,
        max(frozen.value) as frozen_then, max(frozen.mean_value) as frozen_mean
    from outcomes.realised_outcomes as outcomes left join frozen using (valuation_date)
    where is_scored group by outcomes.valuation_date order by outcomes.valuation_date
"""
_VINTAGES = """
    with newest as (select max(valuation_date) as valuation_date from valuation.reserve_estimates),
    layers as (
        select
            item_id, location_id, cast(year(received_on) as varchar) || ' Q' || quarter(received_on) as vintage,
            cast(cost_value as double) as cost_value,
            cast(cost_value as double)
            / nullif(sum(cast(cost_value as double)) over (partition by item_id, location_id), 0) as share
        from costing.cost_layers inner join newest using (valuation_date)
    ),
    reserves as (
        select
            item_id, location_id, max(cast(reserve_amount as double)) filter (method = 'champion') as champion,
            max(cast(reserve_amount as double)) filter (method = 'static_ageing') as static_ageing
        from valuation.reserve_estimates inner join newest using (valuation_date)
        group by item_id, location_id
    ),
    vintages as (
        select vintage, sum(cost_value) as cost_value, sum(share * champion) as champion,
            sum(share * static_ageing) as static_ageing
        from layers inner join reserves using (item_id, location_id) group by vintage
    )
    select vintage as quarter_of_receipt, cast(cost_value as bigint) as cost, cast(champion as bigint) as champion,
        champion / nullif(cost_value, 0) as champion_rate, static_ageing / nullif(cost_value, 0) as static_ageing_rate
    from vintages order by vintage
"""
_AGEING = ("champion", "static_ageing", "calibrated_ageing")

SECTIONS: dict[str, Callable[[Connection], str]] = {
    "Aims": aims_of,
    "Lead, surprises and false alarms": lambda connection: methods_of(connection, _LEADS),
    "Surprises by quarter, mean of its month ends": lambda connection: by_date(
        connection, {"surprise_count": "number", "surprise_rate": "share of loss"}, _AGEING, quarterly=True
    ),
    "Steadiness": lambda connection: methods_of(connection, _MOVES, noise=True),
    "Steadiness of the champion by month": lambda connection: by_date(
        connection, _MOVES, ("champion",), quarterly=False
    ),
    "Worth of the valuation": lambda connection: methods_of(connection, _WORTH),
    "Write-downs in the books by fiscal year": lambda connection: table_of(connection, _YEARS),
    "Dead stock (not one unit sold over the horizon) against the frozen baseline": lambda connection: table_of(
        connection, _DEAD
    ),
    "Reserves by vintage at the newest date, a position's reserve shared by cost": lambda connection: table_of(
        connection, _VINTAGES
    ),
    **{
        words: lambda connection, query=query: table_of(connection, query)
        for words, query in watching_alerts.QUERIES.items()
    },
}


def section_of(connection: Connection, section: Callable[[Connection], str]) -> str:
    """A section's table; a word where the file lacks what it reads."""
    try:
        return section(connection)
    except duckdb.CatalogException:
        return "Not in this file."


def main() -> int:
    """Write docs/watching.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("builds", nargs="+", help="title=published file")
    parser.add_argument("--out", type=Path, default=Path("docs/watching.md"))
    given = parser.parse_args()
    parts = [_INTRODUCTION.rstrip() + watching_alerts.INTRODUCTION, _REASONS]
    for build in given.builds:
        title, _, file = build.rpartition("=")
        parts.append(f"## {title}\n")
        with duckdb.connect(file, read_only=True) as connection:
            parts += [f"**{words}**\n\n{section_of(connection, section)}\n" for words, section in SECTIONS.items()]
    given.out.write_text("\n".join(parts))
    print(f"Watching: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
