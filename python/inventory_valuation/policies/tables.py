"""What each seed may hold: its columns, its key, and the rules that its rows keep together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from inventory_valuation.policies import rules, steps
from inventory_valuation.policies.rows import Rows, Seeds

Rule = Callable[[Rows, Seeds], Iterator[str]]


@dataclass(frozen=True)
class Values:
    """What the values of a column may be.

    Attributes:
        kind: text, number, whole, day or flag.
        least: the smallest number.
        most: the largest.
        choices: the words that it may be; none: any.
        may_be_empty: whether it may say nothing.
    """

    kind: str = "text"
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False

    def or_empty(self) -> Values:
        """The same, or nothing."""
        return Values(self.kind, self.least, self.most, self.choices, may_be_empty=True)


@dataclass(frozen=True)
class Policy:
    """A seed.

    Attributes:
        columns: what their values may be, by name.
        key: what no two rows share.
        has_default: whether the row `*` of the first column holds for all others; what another row leaves empty is
            the default's.
        rules: what the rows keep together, each given the rows and those of all seeds.
        names: columns that name what the company has: category, items, locations or tables of ids, by column.
        all_by: columns in which `*` stands for all.
    """

    columns: Mapping[str, Values]
    key: tuple[str, ...]
    has_default: bool = False
    rules: tuple[Rule, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    all_by: tuple[str, ...] = ()


TEXT, DAY, FLAG = Values(), Values("day"), Values("flag")
RATE, WHOLE, CHANGE = Values("number", 0, 1), Values("whole", 0, 10**9), Values("number", -(10**9), 10**9)
AMOUNT, QUANTITY = Values("number", 0, 10**13), Values("number", 0, 10**11)


def one_of(*words: str) -> Values:
    """A word of a few."""
    return Values(choices=words)


FRAMEWORK = one_of("*", "us_gaap", "ifrs")
SEGMENTS = ("new", "dead", "declining", "intermittent", "seasonal", "fast", "steady")
ENTRIES = (
    *("addition", "relieved_by_sale", "relieved_by_scrap", "reversal", "transferred"),
    *("commitment_addition", "commitment_release"),
)
FITTED_RULES = ("calibrated_recency", "calibrated_coverage", "movement_rate")
MASTERS = ("items", "locations", "suppliers", "customers")

POLICIES: dict[str, Policy] = {
    "alert_reviews": Policy(
        {
            **dict.fromkeys(("check_name", "subject"), TEXT),
            "opened_on": DAY,
            "seen_by": TEXT,
            "seen_on": DAY,
            "note": TEXT.or_empty(),
        },
        key=("check_name", "subject", "opened_on", "seen_by"),
        rules=(rules.checks_are_watched,),
    ),
    "ageing_policy": Policy(
        {"bucket": Values("whole", 1, 10**9), "from_days": WHOLE, "to_days": WHOLE.or_empty(), "reserve_rate": RATE},
        key=("bucket",),
        rules=(steps.every_age_has_one_bucket,),
    ),
    "approvers": Policy(
        {"approver": TEXT, "approver_role": TEXT},
        key=("approver", "approver_role"),
        rules=(rules.roles_have_authority,),
    ),
    "authority_levels": Policy(
        {
            "subject_type": one_of("override", "write_down", "period"),
            "approver_role": TEXT,
            "limit_amount": AMOUNT,
            "period_limit_amount": AMOUNT,
        },
        key=("subject_type", "approver_role"),
        rules=(rules.limits_make_sense,),
    ),
    "candidate_models": Policy(
        {
            "model": one_of(*rules.MODELS),
            "complexity": Values("whole", 1, 10**9),
            "is_default": FLAG,
            "description": TEXT,
        },
        key=("model",),
        rules=(rules.candidates_have_one_default,),
    ),
    "category_policy": Policy(
        {
            "category": TEXT,
            "selling_cost_rate": RATE,
            "recovery_rate": RATE,
            "scrap_proceeds_rate": RATE,
            "normal_margin_rate": RATE,
            "horizon_months": Values("whole", 1, 36, may_be_empty=True),
        },
        key=("category",),
        rules=(rules.the_default_horizon_is_the_var,),
        has_default=True,
        names={"category": "category"},
    ),
    "count_tolerances": Policy(
        {"category": TEXT, "tolerance_quantity": QUANTITY, "tolerance_rate": RATE, "booking_days": WHOLE},
        key=("category",),
        has_default=True,
        names={"category": "category"},
    ),
    "data_quality_policy": Policy(
        {"table_name": TEXT, "good_from": RATE, "usable_from": RATE},
        key=("table_name",),
        has_default=True,
        rules=(rules.usable_is_no_better_than_good, rules.tables_exist),
    ),
    "feature_catalogue": Policy(
        {
            **dict.fromkeys(("feature", "family", "definition", "unit", "source"), TEXT),
            "lag_days": WHOLE,
            "rationale": TEXT,
            "expected_sign": Values("whole", -1, 1),
            "monotone": Values("whole", -1, 1),
            "is_learned": FLAG,
            "reason_text": TEXT,
        },
        key=("feature",),
        rules=(rules.features_exist_and_can_be_told,),
    ),
    "firm_sales_contracts": Policy(
        {
            **dict.fromkeys(("contract_id", "item_id", "location_id"), TEXT),
            "quantity": QUANTITY,
            "unit_price": AMOUNT,
            "signed_on": DAY,
            "deliver_by": DAY,
        },
        key=("contract_id", "item_id", "location_id"),
        rules=(rules.contracts_are_due_after_they_are_signed,),
        names={"item_id": "items", "location_id": "locations"},
    ),
    "fiscal_calendar": Policy(
        {
            "period_end": DAY,
            "fiscal_year": Values("whole", 1900, 2200),
            "fiscal_quarter": Values("whole", 1, 4),
            "fiscal_period": Values("whole", 1, 12),
        },
        key=("period_end",),
        rules=(steps.every_month_end_has_its_period,),
    ),
    "gl_accounts": Policy(
        {
            "entry_kind": one_of(*ENTRIES),
            "side": one_of("debit", "credit"),
            "category": TEXT,
            "location_id": TEXT,
            "framework": FRAMEWORK,
            "account_code": TEXT,
            "account_name": TEXT,
        },
        key=("entry_kind", "side", "category", "location_id", "framework"),
        rules=(rules.every_entry_has_an_account, rules.accounts_agree),
        names={"category": "category", "location_id": "locations"},
        all_by=("category", "location_id"),
    ),
    "id_decisions": Policy(
        {"master_table": one_of(*MASTERS), "source_id": TEXT, "canonical_id": TEXT, "reason": TEXT},
        key=("master_table", "source_id"),
    ),
    "journal_layouts": Policy(
        {
            "layout": TEXT,
            "framework": FRAMEWORK,
            "position": Values("whole", 1, 10**9),
            "header": TEXT,
            **dict.fromkeys(("source", "format", "constant"), TEXT.or_empty()),
        },
        key=("layout", "framework", "position"),
        rules=(rules.layouts_can_be_written,),
    ),
    "liquidation_policy": Policy(
        {
            "category": TEXT,
            **dict.fromkeys(("clearance_discount_rate", "deepest_discount_rate", "markdown_step_rate"), RATE),
            **dict.fromkeys(("capital_cost_rate", "storage_cost_rate", "transfer_cost_rate"), RATE),
        },
        key=("category",),
        has_default=True,
        rules=(rules.discounts_have_steps,),
        names={"category": "category"},
    ),
    "monitoring_thresholds": Policy(
        {
            "check_name": TEXT,
            "lower_limit": CHANGE.or_empty(),
            "upper_limit": CHANGE.or_empty(),
            "severity": one_of("high", "medium", "low", "none"),
            "message": TEXT,
            "what_to_do": TEXT.or_empty(),
        },
        key=("check_name",),
        rules=(rules.limits_can_be_passed,),
    ),
    "non_product_ids": Policy({"pattern": TEXT, "kind": TEXT}, key=("pattern",), rules=(rules.patterns_can_be_read,)),
    "opening_reserves": Policy(
        {"category": TEXT, "amount": AMOUNT}, key=("category",), names={"category": "category"}, all_by=("category",)
    ),
    "optional_tables": Policy(
        {"table_name": TEXT, "cost_of_absence": TEXT}, key=("table_name",), rules=(rules.tables_are_optional,)
    ),
    "policy_constants": Policy(
        {
            "constant": one_of(*rules.CONSTANTS),
            "value": Values("number", 0, 10**4),
            "unit": one_of("days", "months", "times", "share", "share of cost"),
            "reason": TEXT,
        },
        key=("constant",),
        rules=(rules.every_constant_is_given, rules.constants_suit_their_units),
    ),
    "reason_codes": Policy(
        {"reason_code": TEXT, "description": TEXT}, key=("reason_code",), rules=(rules.codes_are_capitals,)
    ),
    "reorder_policy": Policy(
        {
            "category": TEXT,
            "segment": one_of("*", *SEGMENTS),
            "service_level": Values("number", 0.5, 0.999).or_empty(),
            "lost_margin_multiple": Values("number", 0, 100),
            "review_days": Values("whole", 1, 90),
            "order_cost": Values("number", 0, 10**9),
            "lead_time_days": Values("whole", 0, 365),
        },
        key=("category", "segment"),
        rules=(rules.one_row_holds_for_all,),
        names={"category": "category"},
        all_by=("category", "segment"),
    ),
    "reserve_plan": Policy(
        {"period_end": DAY, "category": TEXT, "planned_amount": AMOUNT},
        key=("period_end", "category"),
        rules=(rules.plans_are_of_month_ends,),
        names={"category": "category"},
    ),
    "risk_bands": Policy(
        {"risk_band": TEXT, "from_probability": RATE, "segment": one_of(*SEGMENTS).or_empty()},
        key=("segment", "risk_band"),
        rules=(steps.every_probability_has_one_band,),
    ),
    "rule_buckets": Policy(
        {
            "rule": one_of(*FITTED_RULES),
            "bucket": Values("whole", 1, 10**9),
            "from_value": AMOUNT.or_empty(),
            "to_value": AMOUNT.or_empty(),
        },
        key=("rule", "bucket"),
        rules=(steps.every_measure_has_one_bucket,),
    ),
    "sensitivity_scenarios": Policy(
        {
            "scenario": TEXT,
            "demand_factor": QUANTITY,
            "price_factor": QUANTITY,
            "recovery_change": Values("number", -1, 1),
            "horizon_change_months": Values("whole", -36, 36),
            "selling_cost_change": Values("number", -1, 1),
        },
        key=("scenario",),
    ),
    "supplier_returns": Policy(
        {
            "supplier_id": TEXT,
            "refund_rate": RATE,
            "return_within_days": WHOLE,
            "signed_on": DAY,
            "ends_on": DAY,
        },
        key=("supplier_id", "signed_on"),
        rules=(rules.returns_end_after_they_are_signed,),
        names={"supplier_id": "suppliers"},
    ),
}
