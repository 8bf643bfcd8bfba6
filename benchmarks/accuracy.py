"""How good the reserves were, from the published files of builds: the aims, and every method side by side.

`python benchmarks/accuracy.py "Retailer, 6 months=retail.duckdb" "Demo=demo.duckdb"` writes docs/accuracy.md, one page.
With `--everything --out FILE` every metric follows by origin and by group.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from inventory_valuation.publishing.model_document import markdown_table

_INTRODUCTION = """# Accuracy

Written by `benchmarks/accuracy.py` from `monitoring.model_accuracy`. Each month end in the past whose outcome is known
is an origin. Rules and models were fitted on what was known at the origin and on no later outcome. `champion` is the
champion of each origin. The figures are means over the origins; after ± stands the standard deviation between them.
`models/monitoring/_monitoring.yml` defines each metric. `--everything` adds every metric by origin and by group.
"""

_BESIDE = {
    "equal_reserve_unexpected": """Unexpected write-downs at equal total reserve. Each method's reserves are scaled to
the losses that came. The figure is the share of the losses for which no reserve stood: .16 means that 16 % of the
losses came unexpected.""",
    "reserve_ratio": "Reserve over loss: 1 is right, less is too little.",
    "demand_wape": "Demand over the horizon, absolute error over demand (WAPE).",
    "interval_coverage": "Share of positions whose loss lay inside the 80 % range.",
}

_METRICS = {
    "equal_reserve_unexpected": "Unexpected write-downs at equal total reserve, share of the loss (the headline)",
    "reserve_ratio": "Reserve over loss",
    "sku_error": "SKU error, absolute error over loss",
    "unexpected_rate": "Unexpected write-downs, share of the loss",
    "over_reserve_rate": "Over-reserve, share of the loss",
    "demand_wape": "Demand, absolute error over demand (WAPE)",
    "demand_bias": "Demand, bias over demand",
    "demand_mape": "Demand, mean of absolute error over demand where there was any (MAPE)",
    "demand_month_wape": "Demand month by month, absolute error over demand (WAPE)",
    "demand_rmsse": "Demand month by month, root mean squared scaled error (RMSSE), weighted by past sales",
    "demand_pinball_loss": "Demand month by month, pinball loss of the 10 % and 90 % quantiles over demand",
    "demand_interval_coverage": "Share of months inside the 80 % range of their demand",
    "sell_through_rmse": "Share of the stock still unsold, root mean squared error over the months ahead",
    "price_wape": "Net price by month, absolute error over price (WAPE)",
    "price_bias": "Net price by month, bias over price",
    "markdown_brier_score": "Markdown by a tenth or more, Brier score",
    "markdown_prevalence": "Markdown by a tenth or more, prevalence",
    "obsolescence_average_precision": "Obsolescence, area under precision and recall",
    "obsolescence_prevalence": "Obsolescence, prevalence",
    "obsolescence_precision_by_value": "Obsolescence, precision by value at a probability of one half",
    "obsolescence_recall_by_value": "Obsolescence, recall by value at a probability of one half",
    "obsolescence_brier_score": "Obsolescence, Brier score",
    "interval_coverage": "Share of positions inside the 80 % interval",
    "interval_coverage_95": "Share of positions inside the 95 % interval",
    "interval_width": "Width of the 80 % interval over cost",
}

_GROUP_MEASURES = {
    "champion, reserve over loss": ("reserve_ratio", "champion"),
    "champion, missed at equal reserve": ("equal_reserve_unexpected", "champion"),
    "calibrated_ageing, the same": ("equal_reserve_unexpected", "calibrated_ageing"),
    "calibrated_coverage, the same": ("equal_reserve_unexpected", "calibrated_coverage"),
}

_CLASSICAL = ("croston", "exponential_smoothing", "moving_average", "run_rate", "seasonal_naive", "tsb")


def means_of(connection: duckdb.DuckDBPyConnection, metric: str) -> dict[str, float]:
    """The mean over the origins of a metric, by method; of methods that every origin of the models knows."""
    return dict(
        connection.execute(
            """
            with judged as (
                select * from monitoring.model_accuracy
                where
                    metric = $metric
                    and valuation_date in (
                        select valuation_date from monitoring.model_accuracy
                        where metric = $metric and method = 'champion'
                    )
            )
            select method, avg(value) from judged group by method
            having count(*) = (select count(*) from judged where method = 'champion')
            """,
            {"metric": metric},
        ).fetchall()
    )


def aims_of(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, bool]]:
    """What is aimed at, how much, what the champions reached in the mean of the origins, and whether that is enough."""
    missed, wape = means_of(connection, "equal_reserve_unexpected"), means_of(connection, "demand_wape")
    precision, ratio = (
        means_of(connection, "obsolescence_average_precision"),
        means_of(connection, "reserve_ratio")["champion"],
    )
    classical, best = min((wape[method], method) for method in _CLASSICAL if method in wape)
    simple = max(precision[f"obsolescence_{rule}"] for rule in ("coverage", "recency"))
    less = {
        "calibrated_ageing": 1 - missed["champion"] / missed["calibrated_ageing"],
        "calibrated_coverage": 1 - missed["champion"] / missed["calibrated_coverage"],
        "moving_average": 1 - wape["champion"] / wape["moving_average"],
    }
    lines = [
        [
            f"unexpected write-downs at equal reserve, less than {rule}",
            f"{aim:.0%}",
            f"{less[rule]:.1%}",
            less[rule] >= aim,
        ]
        for rule, aim in (("calibrated_ageing", 0.5), ("calibrated_coverage", 0.3))
    ]
    lines += [
        ["reserve over loss", "0.9 to 1.1", f"{ratio:.2f}", 0.9 <= ratio <= 1.1],
        [
            "demand error (WAPE), less than the moving average",
            "25%",
            f"{less['moving_average']:.1%}",
            less["moving_average"] >= 0.25,
        ],
        [
            "demand error (WAPE), at most the best classical method",
            "1.00 of it",
            f"{wape['champion'] / classical:.2f} of {best}",
            wape["champion"] <= classical,
        ],
        [
            "obsolescence, average precision above the best rule's",
            "above 1",
            f"{precision['champion'] / simple:.2f}",
            precision["champion"] > simple,
        ],
    ]
    for metric, nominal in (("interval_coverage", 0.80), ("interval_coverage_95", 0.95)):
        covered = means_of(connection, metric)["champion"]
        lines.append(
            [
                f"losses inside the {nominal:.0%} range",
                "within 5 points",
                f"{covered:.1%}",
                abs(covered - nominal) <= 0.05,
            ]
        )
    return lines


def aims_beside(companies: dict[str, duckdb.DuckDBPyConnection]) -> str:
    """The aims by company; what is missed is set in bold."""
    reached = [aims_of(connection) for connection in companies.values()]
    lines = [
        [aims[0][0], aims[0][1], *(value if met else f"**{value}**" for *_, value, met in aims)]
        for aims in zip(*reached, strict=True)
    ]
    return markdown_table(["aim", "at least", *companies], lines)


def methods_beside(companies: dict[str, duckdb.DuckDBPyConnection], metric: str) -> str:
    """One metric of every method by company: mean and standard deviation of the champions' origins."""
    found = {
        (method, company): f"{mean:.3f} ± {spread:.3f}"
        for company, connection in companies.items()
        for method, mean, spread in connection.execute(
            """
            select method, avg(value), coalesce(stddev(value), 0)
            from monitoring.model_accuracy
            where
                metric = $metric
                and valuation_date in (
                    select valuation_date from monitoring.model_accuracy
                    where metric = $metric and method = 'champion'
                )
            group by method
            """,
            {"metric": metric},
        ).fetchall()
    }
    methods = sorted({method for method, _ in found}, key=lambda method: (method != "champion", method))
    lines = [[method, *(found.get((method, company), "") for company in companies)] for method in methods]
    return markdown_table(["method", *companies], lines)


def table_of(connection: duckdb.DuckDBPyConnection, metric: str) -> str:
    """Methods by origins of one metric, with the mean, the spread and the number of positions."""
    rows = connection.execute(
        """
        select method, cast(valuation_date as varchar), value, positions
        from monitoring.model_accuracy where metric = ? order by method, valuation_date
        """,
        [metric],
    ).fetchall()
    dates = sorted({date for method, date, _, _ in rows if method == "champion"})
    found = {(method, date): value for method, date, value, _ in rows}
    lines = []
    for method in sorted({method for method, date in found if date in dates}):
        values = [found.get((method, date)) for date in dates]
        known = [value for value in values if value is not None]
        mean = sum(known) / len(known)
        spread = (sum((value - mean) ** 2 for value in known) / max(len(known) - 1, 1)) ** 0.5
        cells = ["" if value is None else f"{value:.3f}" for value in values]
        lines.append([method, *cells, f"{mean:.3f}", f"{spread:.3f}"])
    positions = {date: count for _, date, _, count in rows}
    lines.append(["positions", *(f"{positions[date]:,}" for date in dates), "", ""])
    return markdown_table(["method", *dates, "mean", "spread"], lines)


def groups_of(connection: duckdb.DuckDBPyConnection, dimension: str) -> str:
    """The groups of a dimension by their share of the loss, and what model and fitted rules knew about each."""
    measures = ", ".join(
        f"sum(value * realised_loss) filter ({measured}) / sum(realised_loss) filter ({measured})"
        for measured in (f"metric = '{metric}' and method = '{method}'" for metric, method in _GROUP_MEASURES.values())
    )
    rows = connection.execute(
        f"""
        with accuracy as (
            select * from monitoring.model_accuracy_by_group
            where
                dimension = $dimension
                and valuation_date in (select valuation_date from monitoring.model_accuracy where method = 'champion')
        ),
        losses as (
            select sum(realised_loss) as total_loss from accuracy where metric = 'reserve_ratio' and method = 'champion'
        )
        select
            coalesce(member, 'all'),
            sum(realised_loss / total_loss) filter (metric = 'reserve_ratio' and method = 'champion') as loss_share,
            {measures}
        from accuracy cross join losses
        group by grouping sets ((member), ())
        having loss_share > 0
        order by member is null, loss_share desc, member
        """,
        {"dimension": dimension},
    ).fetchall()
    lines = [[member, *("" if value is None else f"{value:.3f}" for value in values)] for member, *values in rows]
    return markdown_table([dimension, "share of the loss", *_GROUP_MEASURES], lines)


def calibration_of(connection: duckdb.DuckDBPyConnection) -> str:
    """Tenths of the positions by their probability of obsolescence: what was foreseen, what came."""
    rows = connection.execute(
        """
        select
            decile, sum(positions),
            sum(positions * expected_rate) / sum(positions), sum(positions * realised_rate) / sum(positions)
        from monitoring.obsolescence_calibration where method = 'champion' group by decile order by decile
        """
    ).fetchall()
    lines = [
        [str(decile), f"{positions:,}", f"{expected:.3f}", f"{realised:.3f}"]
        for decile, positions, expected, realised in rows
    ]
    return markdown_table(["decile", "positions", "mean probability", "share that came true"], lines)


def everything_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """All tables of a company by what they show."""
    told = connection.execute(
        "select distinct metric from monitoring.model_accuracy where method = 'champion'"
    ).fetchall()
    tables = {words: table_of(connection, name) for name, words in _METRICS.items() if (name,) in told}
    tables["Obsolescence, calibration by decile of the probability, all origins"] = calibration_of(connection)
    return tables | {f"By {name}, all origins": groups_of(connection, name) for name in ("segment", "category")}


def main() -> int:
    """Write docs/accuracy.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("builds", nargs="+", help="title=published file")
    parser.add_argument("--everything", action="store_true", help="every metric by origin, category and segment")
    parser.add_argument("--out", type=Path, default=Path("docs/accuracy.md"))
    given = parser.parse_args()
    files = dict(build.rsplit("=", 1) for build in given.builds)
    companies = {title: duckdb.connect(file, read_only=True) for title, file in files.items()}
    parts = [_INTRODUCTION, "## Aims\n\nWhat is missed stands in bold.\n", aims_beside(companies)]
    parts.append("\n## Every method\n")
    parts += [f"{words}\n\n{methods_beside(companies, name)}\n" for name, words in _BESIDE.items()]
    for title, connection in companies.items() if given.everything else []:
        parts.append(f"## {title}\n")
        parts += [f"**{words}**\n\n{table}\n" for words, table in everything_of(connection).items()]
    given.out.write_text("\n".join(parts))
    print(f"Accuracy: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
