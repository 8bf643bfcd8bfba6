"""What later happened to the stock of a valuation date."""
