{{ judged_rows('market_signals') }}
