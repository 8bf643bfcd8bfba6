{{ used_rows('market_signals') }}
