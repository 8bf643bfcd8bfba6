-- Blocks of four weeks, counted back from the newest day. A signal's change over three blocks is set against that of
-- the order lines one block later: what a signal says comes before what customers do. The own price stands beside,
-- since a company that follows a competitor's price would else be taken for one that does not.
with last_day as (
    select max(valuation_date) as last_day from {{ ref('valuation_dates') }}
),

block_signals as (
    select
        signals.signal,
        signals.entity_id as item_id,
        {{ days_between('signals.observed_on', 'last_day.last_day') }} // 28 as blocks_ago,
        ln({{ ratio("sum(cast(round(signals.value, 8) as decimal(28, 8)))", 'count(*)') }}) as level
    from {{ ref('signals') }} as signals
    cross join last_day
    where signals.entity_type = 'item' and signals.observed_on <= last_day.last_day and signals.value < 1e15
    group by signals.signal, signals.entity_id, {{ days_between('signals.observed_on', 'last_day.last_day') }} // 28
    having min(signals.value) > 0
),

block_sales as (
    select
        movements.item_id,
        {{ days_between('movements.posted_on', 'last_day.last_day') }} // 28 as blocks_ago,
        count(*) as line_count,
        {{ ratio('sum(movements.net_amount)', '-sum(movements.quantity_change)') }} as net_price
    from {{ ref('movements') }} as movements
    cross join last_day
    where movements.movement_type = 'sale'
    group by movements.item_id, {{ days_between('movements.posted_on', 'last_day.last_day') }} // 28
),

changes as (
    select
        now.signal,
        now.item_id,
        now.blocks_ago,
        round(now.level - before.level, 9) as signal_change,
        round(ln(sales_after.line_count + 1) - ln(sales_before.line_count + 1), 9) as sales_change,
        round(ln(sales_after.net_price) - ln(sales_before.net_price), 9) as price_change,
        cast(least(sales_after.line_count + sales_before.line_count, 200) as double) as line_count
    from block_signals as now
    inner join block_signals as before
        on
            now.signal = before.signal
            and now.item_id = before.item_id
            and now.blocks_ago + 3 = before.blocks_ago
    inner join block_sales as sales_after
        on now.item_id = sales_after.item_id and now.blocks_ago - 1 = sales_after.blocks_ago
    inner join block_sales as sales_before
        on now.item_id = sales_before.item_id and now.blocks_ago + 2 = sales_before.blocks_ago
    where sales_after.net_price > 0 and sales_before.net_price > 0
),

signals_and_sales as (
    select * from changes
    where line_count >= 5
)

select * from signals_and_sales
