"""Progress that a person sees in the build's log."""

from __future__ import annotations

from dbt.adapters.events.logging import AdapterLogger

_LOGGER = AdapterLogger("inventory_valuation")


def tell(message: str) -> None:
    """Show one line of progress, with its time, among dbt's own."""
    _LOGGER.info(message)
