-- Positions of one probability stand in one tenth, the lowest that they reach: nothing but chance would part them.
with obsolescence_scores as (
    select * from {{ ref('int_obsolescence_scores') }}
    where probability is not null
),

target_champions as (
    select * from {{ ref('target_champions') }}
    where target = 'obsolescence'
),

ranked as (
    select
        valuation_date,
        model,
        probability,
        obsolete,
        rank() over (partition by valuation_date, model order by probability nulls last) as place,
        count(*) over (partition by valuation_date, model) as places
    from obsolescence_scores
),

deciles as (
    select
        valuation_date,
        model,
        cast(floor(10 * {{ ratio('place - 1', 'places') }}) + 1 as bigint) as decile,
        count(*) as positions,
        {{ ratio('sum(' ~ rounded_amount('probability') ~ ')', 'count(*)') }} as expected_rate,
        {{ ratio('sum(obsolete)', 'count(*)') }} as realised_rate
    from ranked
    group by valuation_date, model, cast(floor(10 * {{ ratio('place - 1', 'places') }}) + 1 as bigint)
),

methods as (
    {{ champion_beside_models('deciles') }}
),

obsolescence_calibration as (
    select
        valuation_date,
        method,
        decile,
        positions,
        expected_rate,
        realised_rate
    from methods
)

select * from obsolescence_calibration
