{{ used_rows('customers') }}
