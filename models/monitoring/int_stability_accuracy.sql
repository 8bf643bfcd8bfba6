-- Steadiness: how far the reserve rate of stock moved in a month in which none of it left and none came, and whether
-- news or noise moved it. News is what the run of the month before says of the new facts, against what it said of the
-- old ones; noise is what another run or another champion says of the same facts. What stands outside run cards, as a
-- rule's rates or a category's price path, follows each month's facts and is news.
with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where cost_value > 0
),

cohort_fates as (
    select * from {{ ref('cohort_fates') }}
    where months = 1 and to_location_id is null and unsold_quantity = quantity
),

champions as (
    select
        valuation_date,
        model,
        lag(model, 1, model) over (order by valuation_date nulls last) as earlier_model
    from {{ ref('champions') }}
),

scores as (
    select * from {{ ref('int_scores') }}
    where target = 'loss_rate'
),

retrained as (
    select
        item_id,
        location_id,
        valuation_date,
        model as method,
        prediction - earlier_prediction as noise_rate
    from scores
    union all
    select
        scores.item_id,
        scores.location_id,
        scores.valuation_date,
        'champion' as method,
        max(case when scores.model = champions.model then scores.prediction end)
        - max(case when scores.model = champions.earlier_model then scores.earlier_prediction end) as noise_rate
    from scores
    inner join champions on scores.valuation_date = champions.valuation_date
    group by scores.item_id, scores.location_id, scores.valuation_date
),

moves as (
    select
        present.valuation_date,
        present.method,
        present.cost_value,
        {{ ratio('present.reserve_amount', 'present.cost_value') }}
        - {{ ratio('earlier.reserve_amount', 'earlier.cost_value') }} as move_rate,
        coalesce(retrained.noise_rate, 0) as noise_rate
    from cohort_fates
    inner join reserve_estimates as earlier
        on
            cohort_fates.item_id = earlier.item_id
            and cohort_fates.location_id = earlier.location_id
            and cohort_fates.valuation_date = earlier.valuation_date
    inner join reserve_estimates as present
        on
            cohort_fates.item_id = present.item_id
            and cohort_fates.location_id = present.location_id
            and present.valuation_date = {{ month_end_after('cohort_fates.valuation_date', 1) }}
            and cohort_fates.quantity = present.quantity
            and earlier.method = present.method
    left join retrained
        on
            present.item_id = retrained.item_id
            and present.location_id = retrained.location_id
            and present.valuation_date = retrained.valuation_date
            and present.method = retrained.method
),

move_sums as (
    select
        valuation_date,
        method,
        count(*) as positions,
        sum(cost_value) as cost_value
        {%- for name, moved in {
            'move': 'abs(move_rate)', 'fall': 'greatest(-move_rate, 0)', 'noise': 'abs(noise_rate)',
            'news': 'abs(move_rate - noise_rate)',
        }.items() %},
        sum({{ rounded_total('cast(cost_value as double) * ' ~ moved) }}) as {{ name }}_amount
        {%- endfor %}
    from moves
    group by valuation_date, method
),

stability_accuracy as (
    {% for metric, value in {
        'reserve_move': ratio('move_amount', 'cost_value'),
        'reserve_move_down': ratio('fall_amount', 'cost_value'),
        'reserve_move_by_news': ratio('news_amount', 'cost_value'),
        'reserve_move_by_noise': ratio('noise_amount', 'cost_value'),
    }.items() -%}
    select valuation_date, method, '{{ metric }}' as metric, {{ value }} as value, positions
    from move_sums
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from stability_accuracy
