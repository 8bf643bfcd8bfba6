"""What the stock cost: the movement ledger, and the compiled fold that costs it by every method."""
