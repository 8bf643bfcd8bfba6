{{ judged_rows('prices') }}
