{{ judged_rows('suppliers') }}
