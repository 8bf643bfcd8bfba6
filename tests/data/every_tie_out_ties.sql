select * from {{ ref('tie_outs') }}
where not is_tied
