"""A consumer-electronics company, simulated day by day, that hands over every input table.

Its losses come out of its trading: a buyer who orders on optimism and lead time, goods whose demand dies.
Nothing here reads, or shares a formula with, features, outcomes or reserves. `python -m inventory_valuation.demo`.
"""
