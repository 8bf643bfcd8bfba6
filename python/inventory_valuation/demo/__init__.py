"""A consumer-electronics company, simulated day by day, that hands over every input table.

Its losses come out of its trading: a buyer who orders on optimism and lead time, goods whose demand dies.
Nothing here reads, or shares a formula with, features, outcomes or reserves. `python -m inventory_valuation.demo`.

Its demand really moves with the weather (four subcategories: fans, outdoor speakers, action cameras, and thermostats
the other way), with a competitor's price (35 % of the items), and a little with consumers' confidence (all items).
The feeds tell of them: temperature by region, prices of the items that are scraped, the index. Which item heeds what
stands in the truth beside the delivery, `<folder>_truth`, for tests alone: no model reads it.

- `injected_dirt`: which rows were soiled, and how.
- `doomed_items`: whose demand ended, when and why.
- `demand_drivers`: each item's price elasticity, and what else moves its demand (`company.demand_drivers`).
"""
