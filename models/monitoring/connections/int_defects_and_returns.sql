-- Order lines that came back in the three months after, less what their categories usually send back: some goods come
-- back more often whoever made them. Twenty units at the rate of all suppliers stand for what few samples leave open.
{%- set months_before = 6 %}
{%- set months_after = 3 %}
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

inspected_months as (
    select
        coalesce(inspections.supplier_id, items.supplier_id) as supplier_id,
        valuation_dates.month_number,
        cast(sum(inspections.sample_size) as bigint) as sample_size,
        cast(sum(inspections.defects) as bigint) as defects
    from {{ ref('stg_quality_inspections') }} as inspections
    inner join {{ ref('items') }} as items on inspections.item_id = items.item_id
    inner join valuation_dates on last_day(cast(inspections.known_at as date)) = valuation_dates.valuation_date
    where inspections.defects is not null and inspections.sample_size > 0
    group by coalesce(inspections.supplier_id, items.supplier_id), valuation_dates.month_number
),

sold_lines as (
    select
        items.supplier_id,
        items.category,
        valuation_dates.month_number,
        sum(case when movements.movement_type = 'sale' then 1 else 0 end) as line_count,
        sum(case when movements.movement_type = 'customer_return' then 1 else 0 end) as return_count
    from {{ ref('movements') }} as movements
    inner join {{ ref('items') }} as items on movements.item_id = items.item_id
    inner join valuation_dates on last_day(movements.posted_on) = valuation_dates.valuation_date
    where movements.movement_type in ('sale', 'customer_return')
    group by items.supplier_id, items.category, valuation_dates.month_number
),

usual_returns as (
    select
        category,
        {{ ratio('sum(return_count)', 'sum(line_count)') }} as return_rate
    from sold_lines
    group by category
),

supplier_returns as (
    select
        sold_lines.supplier_id,
        sold_lines.month_number,
        sum(sold_lines.line_count) as line_count,
        sum(cast(round(
            sold_lines.return_count - sold_lines.line_count * coalesce(usual_returns.return_rate, 0), 6
        ) as decimal(28, 6))) as excess_returns
    from sold_lines
    inner join usual_returns on sold_lines.category = usual_returns.category
    group by sold_lines.supplier_id, sold_lines.month_number
),

supplier_months as (
    select
        suppliers.supplier_id,
        valuation_dates.month_number,
        inspected_months.sample_size,
        inspected_months.defects,
        supplier_returns.line_count,
        supplier_returns.excess_returns
    from (select distinct supplier_id from inspected_months) as suppliers
    cross join valuation_dates
    {%- for relation in ['inspected_months', 'supplier_returns'] %}
    left join {{ relation }}
        on
            suppliers.supplier_id = {{ relation }}.supplier_id
            and valuation_dates.month_number = {{ relation }}.month_number
    {%- endfor %}
),

windows as (
    select
        supplier_id,
        month_number,
        {%- for column in ['sample_size', 'defects'] %}
        coalesce({{ rolling_sum(column, months_before, 0, 'supplier_id') }}, 0) as {{ column }},
        {%- endfor %}
        {%- for column in ['line_count', 'excess_returns'] %}
        sum({{ column }}) over later_months as {{ column }},
        {%- endfor %}
        count(*) over later_months as months_after
    from supplier_months
    window later_months as (
        partition by supplier_id order by month_number nulls last
        rows between 1 following and {{ months_after }} following
    )
),

all_samples as (
    select {{ ratio('sum(defects)', 'sum(sample_size)') }} as defect_rate from inspected_months
),

defects_and_returns as (
    select
        windows.supplier_id,
        windows.month_number,
        {{ ratio('windows.defects + 20 * all_samples.defect_rate', 'windows.sample_size + 20') }} as defect_rate,
        {{ ratio('windows.excess_returns', 'windows.line_count') }} as excess_return_rate,
        cast(windows.line_count as double) as line_count
    from windows
    cross join all_samples
    where
        windows.month_number >= {{ months_before }}
        and windows.months_after = {{ months_after }}
        and windows.sample_size >= 50
        and windows.line_count >= 30
)

select * from defects_and_returns
