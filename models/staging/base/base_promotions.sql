{{ judged_rows('promotions') }}
