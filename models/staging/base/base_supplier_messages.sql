{{ checked_rows(
    'supplier_messages',
    needs=['message_id', 'supplier_id', 'sent_at', 'body'],
    event_at='sent_at',
) }}
