-- In each segment the mix that would have erred least at the origins whose outcome was known by a date, or in all
-- where the segment had none. It is held to equal weights, hard to beat on a short past (Smith and Wallis, 2009), as
-- if these had won at one origin more.
{%- set methods = averaged_demand_methods() %}
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

segments as (
    select * from {{ ref('segments') }}
),

demand_mixes as (
    select * from {{ ref('int_demand_mixes') }}
),

demand_mix_errors as (
    select * from {{ ref('int_demand_mix_errors') }}
    where demand_quantity > 0
),

known_errors as (
    select
        valuation_dates.valuation_date,
        demand_mix_errors.segment,
        demand_mix_errors.mix,
        count(*) as origins,
        {{ ratio(
            'sum(cast(' ~ ratio('absolute_error_quantity', 'demand_quantity') ~ ' as decimal(38, 9)))', 'count(*)'
        ) }} as mean_error
    from demand_mix_errors
    inner join valuation_dates as forecast_dates on demand_mix_errors.valuation_date = forecast_dates.valuation_date
    inner join valuation_dates on forecast_dates.horizon_end_date <= valuation_dates.valuation_date
    group by valuation_dates.valuation_date, demand_mix_errors.segment, demand_mix_errors.mix
),

ranked_mixes as (
    select
        *,
        row_number() over (
            partition by valuation_date, segment order by mean_error asc nulls last, mix asc nulls last
        ) as place
    from known_errors
),

best_mixes as (
    select
        ranked_mixes.*,
        {%- for method in methods %}
        demand_mixes.{{ method }}_weight{{ ',' if not loop.last }}
        {%- endfor %}
    from ranked_mixes
    inner join demand_mixes on ranked_mixes.mix = demand_mixes.mix
    where ranked_mixes.place = 1
),

present_segments as (
    select distinct
        segment,
        valuation_date
    from segments
),

demand_weights as (
    {% for method in methods -%}
    select
        present_segments.valuation_date,
        present_segments.segment,
        '{{ method }}' as method,
        coalesce(of_segment.origins, of_all.origins, 0) as origins,
        coalesce(of_segment.mean_error, of_all.mean_error) as mean_error,
        (
            coalesce(
                of_segment.origins * of_segment.{{ method }}_weight, of_all.origins * of_all.{{ method }}_weight, 0
            )
            + 1.0 / {{ methods | length }}
        ) / (coalesce(of_segment.origins, of_all.origins, 0) + 1) as weight
    from present_segments
    left join best_mixes as of_segment
        on
            present_segments.valuation_date = of_segment.valuation_date
            and present_segments.segment = of_segment.segment
    left join best_mixes as of_all
        on present_segments.valuation_date = of_all.valuation_date and of_all.segment = 'all'
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from demand_weights
