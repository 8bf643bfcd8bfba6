{{ used_rows('reserve_approvals') }}
