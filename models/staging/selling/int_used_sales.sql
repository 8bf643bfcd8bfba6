{{ used_rows('sales') }}
