{{ used_rows('purchase_orders') }}
