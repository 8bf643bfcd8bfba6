-- Names the first entry that was changed, added or taken away.
select * from {{ ref('log_integrity') }}
where first_broken_entry is not null
