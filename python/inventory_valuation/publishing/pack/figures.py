"""What stands in a close pack: the tables of one period, from the published file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from duckdb import DuckDBPyConnection

Cell = str | int | float | Decimal | date | datetime | bool | None


@dataclass(frozen=True)
class Part:
    """A table of the pack.

    Attributes:
        title: as its sheet is called.
        note: what it says, in a sentence.
        columns: names of its columns.
        rows: one list of cells for each row.
        summed: columns that have a total under them.
        footed: columns whose sum across a row is the last one named; empty where rows do not foot.
        chart: a column of names and a column of amounts to draw; none for no chart.
    """

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    summed: Sequence[str] = ()
    footed: Sequence[str] = ()
    chart: tuple[str, str] | None = None

    @property
    def drawn(self) -> str:
        """What its chart shows."""
        return f"{self.title}: {self.chart[1].replace('_', ' ')}" if self.chart else ""


def heading(column: str) -> str:
    """A column's name as people read it."""
    return column.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Pack:
    """A period's pack.

    Attributes:
        period: its end.
        framework: `us_gaap` or `ifrs`.
        currency: of all amounts.
        status: open, approved, closed, and the next step.
        signatures: role, name and day of each decision on the period; name and day are empty where nobody decided.
        parts: its tables.
    """

    period: date
    framework: str
    currency: str
    status: str
    signatures: Sequence[Sequence[Cell]]
    parts: Sequence[Part]


_COMPONENTS = ("opening", "addition", "relieved by sale", "relieved by scrap", "reversal", "currency", "closing")

# Title, note, query with the period and the framework as named values, columns with a total, columns that foot, chart.
_PARTS: tuple[tuple[str, str, str, Sequence[str], Sequence[str], tuple[str, str] | None], ...] = (
    (
        "Summary",
        "Stock at cost and its reserve by category: what the model and the ageing policy say, and what is booked.",
        """select category, positions, cost_value, model_reserve_amount, static_ageing_amount as ageing_policy_amount,
            decided_amount, booked_amount, carrying_value
        from marts.reserve_by_category where period_end = $period and framework = $framework
        order by cost_value desc""",
        (
            *("positions", "cost_value", "model_reserve_amount", "ageing_policy_amount"),
            *("decided_amount", "booked_amount", "carrying_value"),
        ),
        (),
        ("category", "booked_amount"),
    ),
    (
        "Roll-forward",
        "The booked reserve from opening to closing. Each row foots: the components add up to the closing amount.",
        f"""select category, {
            ", ".join(
                f'''coalesce(sum(amount) filter (component = '{name}'), 0) as "{name.replace(" ", "_")}"'''
                for name in _COMPONENTS
            )
        }
        from marts.rollforward_long where period_end = $period and framework = $framework
        group by category order by category""",
        tuple(name.replace(" ", "_") for name in _COMPONENTS),
        tuple(name.replace(" ", "_") for name in _COMPONENTS),
        None,
    ),
    (
        "Schedule II",
        "Valuation and qualifying accounts by fiscal year, up to the period.",
        """select cast(fiscal_year as varchar) as fiscal_year,
            sum(amount) filter (component = 'opening' and period_end = first_end) as beginning_amount,
            sum(amount) filter (component in ('addition', 'reversal')) as charged_to_costs_amount,
            sum(amount) filter (component = 'currency') as charged_to_other_accounts_amount,
            -sum(amount) filter (component in ('relieved by sale', 'relieved by scrap')) as deductions_amount,
            sum(amount) filter (component = 'closing' and period_end = last_end) as ending_amount
        from (
            select *, min(period_end) over years as first_end, max(period_end) over years as last_end
            from marts.rollforward_long where framework = $framework and period_end <= $period
            window years as (partition by fiscal_year)
        )
        group by fiscal_year order by fiscal_year""",
        (),
        (),
        None,
    ),
    (
        "Journal",
        "The period's entries by account. Debits equal credits. `make journal` writes them line by line.",
        """select account_code, account_name, category, sum(debit_amount) as debit_amount,
            sum(credit_amount) as credit_amount
        from marts.account_drilldown where period_end = $period and framework = $framework
        group by all having sum(debit_amount) <> 0 or sum(credit_amount) <> 0 order by all""",
        ("debit_amount", "credit_amount"),
        (),
        None,
    ),
    (
        "Top positions",
        "The fifty largest reserves and why. A range holds the loss in eight of ten cases.",
        """select item_id, location_id, item_description, quantity, cost_value, model_reserve_amount,
            model_lower_amount, model_upper_amount, decided_amount, booked_amount, reason_1, reason_2, reason_3
        from marts.reserve_review where period_end = $period and framework = $framework
        order by greatest(coalesce(booked_amount, 0), model_reserve_amount) desc, item_id, location_id limit 50""",
        ("cost_value", "model_reserve_amount", "decided_amount", "booked_amount"),
        (),
        None,
    ),
    (
        "Overrides",
        "Amounts that people asked for in place of the proposal, with what became of each request.",
        """select override_id, item_id, location_id, proposed_amount, reserve_amount, reason_code, rationale,
            requested_by, override_status, decided_by, refusal_reason
        from governance.overrides where period_end = $period order by override_id""",
        ("proposed_amount", "reserve_amount"),
        (),
        None,
    ),
    (
        "Tie-outs",
        "Each check compares two sides that are made from different tables.",
        """select check_name, left_amount, right_amount, difference_amount, is_tied
        from marts.tie_outs where period_end = $period order by check_name""",
        ("difference_amount",),
        (),
        None,
    ),
    (
        "Look-back",
        "Earlier month ends whose outcome is known: what was reserved, and what was lost.",
        """select period_end, sum(booked_amount) as booked_amount, sum(model_reserve_amount) as model_reserve_amount,
            sum(static_ageing_amount) as ageing_policy_amount, sum(realised_loss) as realised_loss,
            sum(unexpected_amount) as unexpected_amount
        from marts.reserve_lookback where framework = $framework and period_end <= $period
        group by period_end order by period_end""",
        (),
        (),
        ("period_end", "realised_loss"),
    ),
    (
        "Policy",
        "The ageing policy in force, which proposes where the model does not.",
        "select * from policy.ageing_policy order by from_days",
        (),
        (),
        None,
    ),
)


def close_pack(connection: DuckDBPyConnection, period: date, framework: str | None = None) -> Pack:
    """The pack of a period.

    Args:
        connection: to the published file.
        period: a month end.
        framework: `us_gaap` or `ifrs`; none: the one that the build shows.

    Raises:
        ValueError: there are no books of the period; the sentence names those that there are.
    """
    if framework is None:
        (framework,) = connection.execute("select max(framework) from marts.close_status").fetchone()
    status = connection.execute(
        """select currency, case when is_closed then 'closed' else period_status end, next_step
        from marts.close_status where period_end = ? and framework = ?""",
        [period, framework],
    ).fetchone()
    if status is None:
        first, last = connection.execute("select min(period_end), max(period_end) from marts.close_status").fetchone()
        raise ValueError(f"There are no books of {period} under {framework}: the months {first} to {last} have some.")
    signatures = connection.execute(
        """select approver_role, approver, decided_at, decision from governance.approvals
        where subject_type = 'period' and period_end = ? and approval_status = 'holds' order by decided_at""",
        [period],
    ).fetchall()
    parts = []
    for title, note, query, summed, footed, chart in _PARTS:
        named = {"period": period, "framework": framework}
        found = connection.execute(query, {name: value for name, value in named.items() if f"${name}" in query})
        columns = [column[0] for column in found.description]
        parts.append(Part(title, note, columns, found.fetchall(), summed, footed, chart))
    currency, state, step = status
    said = state if state == "closed" else f"{state}; next: {step}"
    return Pack(period, framework, currency, said, signatures, parts)
