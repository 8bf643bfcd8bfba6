"""How a build goes about its work: what it may leave as the last build made it."""
