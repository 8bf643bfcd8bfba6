"""What to do about the stock: how much to buy, and what each way of ordering costs."""
