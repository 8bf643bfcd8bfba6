{{ checked_rows(
    'market_signals',
    needs=['signal', 'entity_type', 'observed_on', 'value'],
) }}
