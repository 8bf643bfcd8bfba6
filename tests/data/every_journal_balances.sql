select
    journal_id,
    sum(debit_amount) - sum(credit_amount) as difference
from {{ ref('journal_lines') }}
group by journal_id
having sum(debit_amount) <> sum(credit_amount)
