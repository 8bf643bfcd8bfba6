-- Positions of one probability stand in one tenth, the lowest that they reach: nothing but chance would part them.
with obsolescence_scores as (
    select * from {{ ref('int_obsolescence_scores') }}
    where probability is not null
),

ranked as (
    select
        valuation_date,
        method,
        probability,
        obsolete,
        rank() over (partition by valuation_date, method order by probability nulls last) as place,
        count(*) over (partition by valuation_date, method) as places
    from obsolescence_scores
),

obsolescence_calibration as (
    select
        valuation_date,
        method,
        cast(floor(10 * {{ ratio('place - 1', 'places') }}) + 1 as bigint) as decile,
        count(*) as positions,
        {{ ratio('sum(' ~ rounded_amount('probability') ~ ')', 'count(*)') }} as expected_rate,
        {{ ratio('sum(obsolete)', 'count(*)') }} as realised_rate
    from ranked
    group by valuation_date, method, cast(floor(10 * {{ ratio('place - 1', 'places') }}) + 1 as bigint)
)

select * from obsolescence_calibration
