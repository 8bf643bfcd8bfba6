{{ judged_rows('reserve_approvals') }}
