{{ used_rows('fx_rates') }}
