{{ used_rows('approvers') }}
