{{ judged_rows('approvers') }}
