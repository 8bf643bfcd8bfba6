{{ used_rows('promotions') }}
