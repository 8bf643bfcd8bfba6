{{ used_rows('receipts') }}
