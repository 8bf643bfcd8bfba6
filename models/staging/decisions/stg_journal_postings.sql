{{ used_rows('journal_postings') }}
