{{ judged_rows('supplier_messages') }}
