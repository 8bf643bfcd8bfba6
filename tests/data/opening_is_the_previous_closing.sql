with periods as (
    select
        item_id,
        location_id,
        framework,
        period_end,
        opening_amount,
        opening_amount + addition_amount - relieved_by_sale_amount - relieved_by_scrap_amount - reversal_amount
        + currency_amount + transferred_amount - closing_amount as row_difference,
        closing_amount
    from {{ ref('reserve_rollforward') }}
),

dates as (
    select distinct period_end from periods
),

following as (
    select
        period_end,
        lead(period_end) over (order by period_end) as next_period_end
    from dates
)

select
    coalesce(earlier.item_id, later.item_id) as item_id,
    coalesce(earlier.location_id, later.location_id) as location_id,
    coalesce(earlier.framework, later.framework) as framework,
    earlier.closing_amount,
    later.opening_amount
from periods as earlier
inner join following on earlier.period_end = following.period_end
left join periods as later
    on
        earlier.item_id = later.item_id
        and earlier.location_id = later.location_id
        and earlier.framework = later.framework
        and following.next_period_end = later.period_end
where
    earlier.row_difference <> 0
    or (following.next_period_end is not null and earlier.closing_amount <> coalesce(later.opening_amount, 0))
