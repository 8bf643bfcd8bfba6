{{ used_rows('locations') }}
