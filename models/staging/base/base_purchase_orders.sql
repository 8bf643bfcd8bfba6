{{ judged_rows('purchase_orders') }}
