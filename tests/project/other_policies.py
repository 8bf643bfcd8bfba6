"""The seeds with a row more and with a row less: other policies, as right as those that the project comes with.

A seed that is not named here can't have a row more (its rows are what code makes), or none less (all are needed):
tests/library/test_policies.py holds that a sentence says so.
"""

from __future__ import annotations

import shutil
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"


def write_seeds(folder: Path, changed: dict[str, str]) -> Path:
    """The seeds of the project with others in the place of some, in a folder that stands for the project's."""
    shutil.copytree(SEEDS, folder / "seeds")
    for name, text in changed.items():
        (folder / "seeds" / f"{name}.csv").write_text(text)
    return folder


def text_of(name: str) -> str:
    """A seed as it comes."""
    return (SEEDS / f"{name}.csv").read_text()


def weeks(first: date, last: date) -> str:
    """A fiscal calendar of 4-4-5 weeks, from a year before one day to a year after another; a year has 52 or 53."""
    lines = ["period_end,fiscal_year,fiscal_quarter,fiscal_period"]
    for year in range(first.year - 1, last.year + 2):
        # The year ends on the last Saturday of December, its last period takes the week that is too many.
        ends = [_last_saturday(number) for number in (year - 1, year)]
        day = ends[0]
        for period in range(1, 13):
            day = ends[1] if period == 12 else day + timedelta(weeks=(5, 4, 4)[period % 3])
            lines.append(f"{day},{year},{(period + 2) // 3},{period}")
    return "\n".join(lines) + "\n"


def _last_saturday(year: int) -> date:
    last = date(year, 12, 31)
    return last - timedelta(days=(last.weekday() - 5) % 7)


def with_a_row_more(item: str, supplier: str, location: str, category: str, last: date) -> dict[str, str]:
    """Seeds with a row more, of things that a company has.

    Args:
        item: one of its items.
        supplier: who supplies it.
        location: one of its locations.
        category: the item's.
        last: the newest month end.
    """
    more = {
        "alert_reviews": f"reserve_ratio,model,{last},A. Person,{last},The televisions.\n",
        "approvers": "A. Person,controller\n",
        "authority_levels": "write_down,treasurer,500000,5000000\n",
        "category_policy": f"{category},0.08,,0.05,,2\n",
        "count_tolerances": f"{category},,0.05,\n",
        "data_quality_policy": "sales,,0.5\n",
        "firm_sales_contracts": f"CONTRACT-1,{item},{location},3,25.5,{last.year - 1}-01-01,{last.year + 1}-01-01\n",
        "gl_accounts": f"addition,debit,{category},{location},us_gaap,5111,Inventory write-downs of one category\n",
        "id_decisions": f"items,OLD-{item},{item},A. Person read the label\n",
        "journal_layouts": "ours,*,1,Journal,journal_id,,\n",
        "liquidation_policy": f"{category},0.4,,0.2,,0.05,\n",
        "monitoring_thresholds": "unexpected_rate,,0.5,low,Much of the loss was not reserved for.,\n",
        "non_product_ids": "^PALLET[0-9]*$,pallets\n",
        "opening_reserves": f"{category},1000\n",
        "reason_codes": "RECALL,The maker has called the goods back.\n",
        "reorder_policy": f"{category},fast,0.95,1.5,14,10,21\n",
        "reserve_plan": f"{last},{category},1234.5\n",
        "risk_bands": "critical,0.8,\n",
        "supplier_returns": f"{supplier},0.9,120,{last.year - 1}-01-01,{last.year + 1}-01-01\n",
        "sensitivity_scenarios": "all at once,0.5,0.5,-0.2,-12,0.3\n",
    }  # fmt: skip
    changed = {name: text_of(name) + row for name, row in more.items()}
    changed["ageing_policy"] = text_of("ageing_policy").replace("1,0,90,0.00\n", "") + "0,0,30,0\n1,31,90,0.05\n"
    changed["ageing_policy"] = _numbered(changed["ageing_policy"])
    changed["rule_buckets"] = text_of("rule_buckets").replace(
        "movement_rate,6,0,0.25\n", "movement_rate,6,0.1,0.25\nmovement_rate,8,0,0.1\n"
    )
    changed["policy_constants"] = text_of("policy_constants").replace("dead_stock_days,180", "dead_stock_days,270")
    changed["fiscal_calendar"] = weeks(last - timedelta(days=1500), last)
    return changed


def with_a_row_less() -> dict[str, str]:
    """Seeds with a row less."""
    less = {
        "authority_levels": "period,automatic,",
        "candidate_models": "linear,",
        "feature_catalogue": "oldest_age_days,",
        "journal_layouts": "generic,*,11,",
        "monitoring_thresholds": "sku_error,",
        "non_product_ids": "^C[0-9]$,",
        "optional_tables": "supplier_messages,",
        "reason_codes": "SEASON,",
        "risk_bands": "guarded,",
        "sensitivity_scenarios": "price 10 % lower,",
    }
    changed = {}
    for name, start in less.items():
        lines = text_of(name).splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(start)]
        assert len(kept) == len(lines) - 1, name
        changed[name] = "".join(kept)
    changed["ageing_policy"] = text_of("ageing_policy").replace("4,271,365,0.75\n5,366,,1.00", "4,271,,0.75")
    changed["rule_buckets"] = text_of("rule_buckets").replace(
        "calibrated_recency,5,181,366\ncalibrated_recency,6,366,\n", "calibrated_recency,5,181,\n"
    )
    return changed


def _numbered(text: str) -> str:
    """An ageing policy with its buckets in the order of age."""
    header, *rows = text.splitlines()
    ages = sorted((row.split(",")[1:] for row in rows), key=lambda row: int(row[0]))
    return "\n".join([header, *(",".join([str(place), *row]) for place, row in enumerate(ages, 1))]) + "\n"


def month_end_before(day: date, months: int) -> date:
    """The month end so many months before that of a day."""
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, monthrange(year, month)[1])
