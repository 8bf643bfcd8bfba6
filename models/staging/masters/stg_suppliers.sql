{{ used_rows('suppliers') }}
