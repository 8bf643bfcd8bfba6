"""What demand and prices will do, as distributions."""
