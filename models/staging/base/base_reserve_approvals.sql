{{ checked_rows(
    'reserve_approvals',
    needs=['approval_id', 'subject_type', 'subject_id', 'decision'],
) }}
