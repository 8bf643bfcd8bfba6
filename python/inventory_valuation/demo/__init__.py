"""A consumer-electronics company, simulated day by day, that hands over every input table.

Its losses come out of its trading: a buyer who orders on optimism and lead time, goods whose demand dies.
Nothing here reads, or shares a formula with, features, outcomes or reserves. `python -m inventory_valuation.demo`.

What really moves its demand from outside, as standard deviations of a week's demand:

- the weather: fans by 11 %, outdoor speakers 4, thermostats 4 (the other way), action cameras 3, nothing else;
- a competitor's price, on 35 % of the items: a tenth lower takes about 13 %, more where the item is more elastic;
- consumers' confidence: all items, by .15 %, which nobody could find;
- the public's interest, all items: on half of them search volume runs up to ten weeks ahead, on the others it is noise.

The feeds tell of them: temperature by region, prices and searches of the items that are observed, the index. Which item
heeds what stands in the truth beside the delivery, `<folder>_truth`, for tests alone: no model reads it.

- `injected_dirt`: which rows were soiled, and how.
- `doomed_items`: whose demand ended, when and why.
- `demand_drivers`: each item's price elasticity, and what else moves its demand (`company.demand_drivers`).
"""
