-- Amounts by their size: what was mended or lost of money out counts like money in.
with row_judgements as (
    select * from {{ ref('int_row_judgements') }}
),

row_mends as (
    select * from {{ ref('int_row_mends') }}
),

delivered as (
    select
        table_name,
        sum(amount_size) as amount,
        sum(case when row_status = 'quarantined' then amount_size else 0 end) as quarantined_amount
    from row_judgements
    group by table_name
),

value_quality as (
    select
        delivered.table_name,
        {{ ratio('row_mends.amount_mended', 'row_mends.amount_used') }} as mended_value_rate,
        {{ ratio('delivered.quarantined_amount', 'delivered.amount') }} as quarantined_value_rate
    from delivered
    inner join row_mends on delivered.table_name = row_mends.table_name
    where delivered.amount > 0
)

select * from value_quality
