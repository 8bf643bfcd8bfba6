{{ used_rows('prices') }}
