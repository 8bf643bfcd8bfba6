{{ used_rows('customer_returns') }}
