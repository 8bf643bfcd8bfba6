{{ judged_rows('journal_postings') }}
