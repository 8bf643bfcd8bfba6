{{ judged_rows('booked_reserves') }}
