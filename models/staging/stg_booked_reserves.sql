{{ used_rows('booked_reserves') }}
