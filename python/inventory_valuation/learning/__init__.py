"""The models that learn what stock loses: how they are fitted, scored, explained and watched."""
