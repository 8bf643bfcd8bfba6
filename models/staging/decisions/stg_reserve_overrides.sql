{{ used_rows('reserve_overrides') }}
