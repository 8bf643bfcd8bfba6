{{ used_rows('supplier_messages') }}
