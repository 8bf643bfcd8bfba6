-- Beginning, charged, deducted and ending add up, and a year begins where the year before ended.
with schedule_ii as (
    select
        *,
        lag(ending_amount) over (order by fiscal_year nulls last) as last_ending_amount
    from {{ ref('schedule_ii') }}
)

select *
from schedule_ii
where
    beginning_amount + charged_to_costs_amount + charged_to_other_accounts_amount - deductions_amount <> ending_amount
    or beginning_amount <> last_ending_amount
