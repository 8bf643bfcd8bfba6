"""The input contract as Python knows it, read from the one place where it stands: `models/staging/_staging.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

CONTRACT = Path(__file__).parents[3] / "models/staging/_staging.yml"


@dataclass(frozen=True)
class Column:
    """A column of an input table.

    Attributes:
        name: its name.
        data_type: its SQL type.
        description: what it holds, in a sentence.
        required: whether the table can't be read without it.
        id_of: the master table whose spelling its ids take; None: it is no id.
        money: whether it is an amount or a unit's value in the row's currency.
        is_positive: whether it is positive by nature, so that a table that delivers it negative is turned round.
        is_month: whether it is a day that stands for its month.
    """

    name: str
    data_type: str
    description: str
    required: bool = False
    id_of: str | None = None
    money: bool = False
    is_positive: bool = False
    is_month: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it holds a number."""
        return self.data_type.startswith("decimal") or self.data_type in ("integer", "double")

    @property
    def is_day(self) -> bool:
        """Whether it holds a day or a moment."""
        return self.data_type in ("date", "timestamp")

    @property
    def sql_type(self) -> str:
        """The type that holds every value it may have."""
        return "bigint" if self.data_type == "integer" else self.data_type


# Every table may also say when a row became known.
LOADED_AT = Column("loaded_at", "timestamp", "Moment at which the row became known.")


@dataclass(frozen=True)
class Table:
    """An input table.

    Attributes:
        name: its name.
        description: its grain, in a sentence.
        columns: by name.
        required: whether no build begins without it.
        key: what tells its rows apart.
        is_line_key: whether the key, where it is complete, names one line of a document for good.
        is_master: whether a later row takes the place of an earlier one with the same key.
        needs: columns without which a row can't be used.
        happened: the column that says when the fact happened; None: the row is no dated fact.
        amount: what a row is worth in its currency, as SQL; None: nothing.
        rejected_where: reason in words to the condition under which a row can't be used, in order.
        needs_rate: whether a row in a currency without a rate can't be used; else it only loses its money.
        is_movement: whether its rows move stock, so that their days make the history.
    """

    name: str
    description: str
    columns: dict[str, Column]
    required: bool
    key: tuple[str, ...]
    is_line_key: bool
    is_master: bool
    needs: tuple[str, ...]
    happened: str | None
    amount: str | None
    rejected_where: dict[str, str]
    needs_rate: bool
    is_movement: bool

    @property
    def has_money(self) -> bool:
        """Whether its rows are in a currency that is to be converted."""
        return "currency" in self.columns and self.name != "fx_rates"

    @property
    def ids(self) -> dict[str, str]:
        """Columns that hold ids, to the master table of each."""
        return {name: column.id_of for name, column in self.columns.items() if column.id_of}


@cache
def input_tables(contract: Path = CONTRACT) -> dict[str, Table]:
    """The input tables by name.

    Args:
        contract: the YAML file in which they are described as sources of dbt.
    """
    told = yaml.load(contract.read_text(), Loader=yaml.CSafeLoader)
    return {node["name"]: _table(node) for node in told["sources"][0]["tables"]}


def _table(node: dict) -> Table:
    meta = node["config"]["meta"]
    columns = {column["name"]: _column(column) for column in node["columns"]}
    return Table(
        name=node["name"],
        description=node["description"],
        columns=columns,
        required=meta["required"],
        key=tuple(meta["key"]),
        is_line_key=meta.get("is_line_key", False),
        is_master=meta.get("is_master", False),
        needs=tuple(meta["needs"]),
        happened=meta.get("happened"),
        amount=meta.get("amount"),
        rejected_where=meta.get("rejected_where", {}),
        needs_rate=meta.get("needs_rate", True),
        is_movement=meta.get("is_movement", False),
    )


def _column(node: dict) -> Column:
    meta = node.get("config", {}).get("meta", {})
    return Column(
        name=node["name"],
        data_type=node["data_type"],
        description=node["description"],
        required=meta.get("required", False),
        id_of=meta.get("id_of"),
        money=meta.get("money", False),
        is_positive=meta.get("is_positive", False),
        is_month=meta.get("is_month", False),
    )
