{{ checked_rows(
    'fx_rates',
    needs=['currency', 'rate_on', 'rate_to_reporting'],
    reasons={
        'rate is not positive': 'rate_to_reporting <= 0',
    },
    one_per_key=true,
) }}
