{{ checked_rows(
    'journal_postings',
    needs=['posting_id', 'journal_id', 'status', 'posted_at'],
) }}
