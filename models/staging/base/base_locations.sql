{{ judged_rows('locations') }}
