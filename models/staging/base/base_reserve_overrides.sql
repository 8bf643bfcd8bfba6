{{ judged_rows('reserve_overrides') }}
