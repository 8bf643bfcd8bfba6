"""Looking back: what people miss."""
