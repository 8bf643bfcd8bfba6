{{ config(meta={"known_by": none}) }}

with used as (
    select * from {{ ref('int_used_sales') }}
),

price_slips as (
    select * from {{ ref('int_price_slips') }}
),

missing_prices as (
    select * from {{ ref('int_missing_prices') }}
),

judged as (
    select
        used.*,
        price_slips.factor,
        cast(coalesce(used.unit_price_as_delivered / price_slips.factor, used.unit_price_as_delivered)
            as {{ unit_value_type() }}) as right_unit_price,
        cast(missing_prices.unit_price as {{ unit_value_type() }}) as likely_price,
        missing_prices.price_source,
        missing_prices.source_row_number is not null as is_unpriced
    from used
    left join price_slips
        on
            used.item_id = price_slips.item_id
            and cast(date_trunc('month', used.sold_at) as date) = price_slips.month
            and used.unit_price = price_slips.unit_price
    left join missing_prices on used.source_row_number = missing_prices.source_row_number
),

mended as (
    select
        * exclude (
            unit_price_as_delivered, rate_to_reporting, factor, right_unit_price, likely_price, price_source,
            is_unpriced
        )
        replace (
            cast(
                case when is_unpriced then likely_price else coalesce(unit_price / factor, unit_price) end
                as {{ unit_value_type() }}
            ) as unit_price,
            nullif(concat_ws(
                '; ',
                mends,
                case when factor is not null then 'unit_price was ' || unit_price end,
                case
                    when is_unpriced
                        then 'unit_price missing, ' || coalesce('taken from ' || price_source, 'and nothing tells it')
                end
            ), '') as mends
        ),
        case
            when is_unpriced then {{ line_amount('quantity', 'likely_price') }}
            else {{ line_amount('quantity', 'right_unit_price', 'rate_to_reporting') }}
        end as gross_amount
    from judged
)

select * from mended
