{#
    The measures of method.md, section 5, each in its only place: the company's present process and every model are
    judged by the same, in total and, where `groups` names columns, by group.
#}

{#
    CTEs from `estimates` (positions, dates and methods with cost_value and the reserve columns) and `outcomes` (as
    realised_outcomes) to `scored_estimates`. Equal reserve: each method gets the total that was needed, so that only
    knowing where counts. No reserve can't be scaled: then greatest() must not turn the missing amount into nothing.
#}
{% macro scored_estimates(estimates, outcomes) -%}
estimates_with_outcomes as (
    select
        {{ estimates }}.item_id,
        {{ estimates }}.location_id,
        {{ estimates }}.valuation_date,
        {{ estimates }}.method,
        {{ estimates }}.cost_value,
        {{ estimates }}.reserve_amount,
        {{ estimates }}.reserve_lower_amount,
        {{ estimates }}.reserve_upper_amount,
        {{ outcomes }}.realised_loss,
        sum({{ outcomes }}.realised_loss) over method_total as total_loss,
        sum({{ estimates }}.reserve_amount) over method_total as total_reserve
    from {{ estimates }}
    inner join {{ outcomes }}
        on
            {{ estimates }}.item_id = {{ outcomes }}.item_id
            and {{ estimates }}.location_id = {{ outcomes }}.location_id
            and {{ estimates }}.valuation_date = {{ outcomes }}.valuation_date
    window method_total as (partition by {{ estimates }}.valuation_date, {{ estimates }}.method)
),

equal_reserves as (
    select
        *,
        {{ rounded_total('reserve_amount * (' ~ ratio('total_loss', 'total_reserve') ~ ')') }}
            as equal_reserve_amount
    from estimates_with_outcomes
),

scored_estimates as (
    select
        *,
        greatest(realised_loss - reserve_amount, 0) as unexpected_amount,
        greatest(reserve_amount - realised_loss, 0) as over_reserve_amount,
        case
            when equal_reserve_amount is not null
                then greatest(realised_loss - equal_reserve_amount, 0)
        end as unexpected_at_equal_reserve_amount
    from equal_reserves
)
{%- endmacro %}


{# CTEs from `scored_estimates` to `reserve_accuracy`: valuation_date, method, groups, metric, value, positions. #}
{% macro reserve_accuracy(groups=[]) -%}
{% set grain = (['valuation_date', 'method'] + groups) | join(', ') -%}
reserve_sums as (
    select
        {{ grain }},
        count(*) as positions,
        sum(cost_value) as cost_value,
        sum(realised_loss) as realised_loss,
        sum(reserve_amount) as reserve_amount,
        sum(unexpected_amount) as unexpected_amount,
        sum(over_reserve_amount) as over_reserve_amount,
        sum(unexpected_amount + over_reserve_amount) as absolute_error_amount,
        sum(unexpected_at_equal_reserve_amount) as unexpected_at_equal_reserve_amount,
        count(reserve_lower_amount) as positions_with_interval,
        sum(
            case when realised_loss between reserve_lower_amount and reserve_upper_amount then 1 end
        ) as positions_inside,
        sum(reserve_upper_amount - reserve_lower_amount) as interval_amount
    from scored_estimates
    group by {{ grain }}
),

{% set metrics = {
    'reserve_ratio': ratio('reserve_amount', 'realised_loss'),
    'sku_error': ratio('absolute_error_amount', 'realised_loss'),
    'unexpected_rate': ratio('unexpected_amount', 'realised_loss'),
    'over_reserve_rate': ratio('over_reserve_amount', 'realised_loss'),
    'equal_reserve_unexpected': ratio('unexpected_at_equal_reserve_amount', 'realised_loss'),
    'interval_coverage': ratio('coalesce(positions_inside, 0)', 'positions_with_interval'),
    'interval_width': ratio('interval_amount', 'cost_value'),
} -%}
reserve_metrics as (
    {% for metric, value in metrics.items() -%}
    select {{ grain }}, '{{ metric }}' as metric, {{ value }} as value, positions
    from reserve_sums
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

reserve_accuracy as (
    select * from reserve_metrics
    where value is not null
)
{%- endmacro %}


{#
    CTEs from `scored_estimates` to `surprise_accuracy`: valuation_date, method, metric, value, positions. A surprise is
    stock of which at least half the cost was lost and under a tenth was reserved, a false alarm the reverse. The carrying
    value, cost less reserve, is held against what the stock brought, cost less loss: a gain above cost is none of it.
#}
{% macro surprise_accuracy() -%}
surprises as (
    select
        *,
        cost_value - realised_loss as brought_amount,
        unexpected_amount + over_reserve_amount as missed_amount
        {%- for reserve in ['reserve', 'equal_reserve'] %},
        case when 2 * realised_loss >= cost_value and 10 * {{ reserve }}_amount < cost_value then realised_loss end
            as {{ reserve }}_surprise_amount,
        case when 2 * {{ reserve }}_amount >= cost_value and 10 * realised_loss < cost_value then {{ reserve }}_amount end
            as {{ reserve }}_false_amount
        {%- endfor %}
    from scored_estimates
    where cost_value > 0
),

surprise_sums as (
    select
        valuation_date,
        method,
        count(*) as positions,
        count(case when brought_amount > 0 then 1 end) as positions_that_brought,
        sum(realised_loss) as realised_loss,
        sum(brought_amount) as brought_amount,
        sum(missed_amount) as missed_amount,
        sum(case when brought_amount > 0 then {{ rounded_total(ratio('missed_amount', 'brought_amount')) }} end)
            as missed_rates,
        count(equal_reserve_amount) as positions_scaled
        {%- for reserve in ['reserve', 'equal_reserve'] %},
        count({{ reserve }}_surprise_amount) as {{ reserve }}_surprises,
        coalesce(sum({{ reserve }}_surprise_amount), 0) as {{ reserve }}_surprise_amount,
        count({{ reserve }}_false_amount) as {{ reserve }}_false_alarms,
        coalesce(sum({{ reserve }}_false_amount), 0) as {{ reserve }}_false_amount
        {%- endfor %}
    from surprises
    group by valuation_date, method
),

{% set metrics = {
    'surprise_count': 'cast(reserve_surprises as double)',
    'surprise_rate': ratio('reserve_surprise_amount', 'realised_loss'),
    'false_alarm_count': 'cast(reserve_false_alarms as double)',
    'false_alarm_rate': ratio('reserve_false_amount', 'realised_loss'),
    'equal_reserve_surprise_rate': ratio('equal_reserve_surprise_amount', 'realised_loss'),
    'equal_reserve_false_alarm_rate': ratio('equal_reserve_false_amount', 'realised_loss'),
    'valuation_wape': ratio('missed_amount', 'brought_amount'),
    'valuation_mape': ratio('missed_rates', 'positions_that_brought'),
} -%}
surprise_metrics as (
    {% for metric, value in metrics.items() -%}
    select valuation_date, method, '{{ metric }}' as metric, {{ value }} as value, positions
    from surprise_sums
    {% if metric.startswith('equal_reserve') -%} where positions_scaled > 0 {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

surprise_accuracy as (
    select * from surprise_metrics
    where value is not null
)
{%- endmacro %}


{#
    CTEs from `forecast_errors` (valuation_date, method, groups, demand_quantity, error_quantity) to `demand_accuracy`.
    The mean of percentages knows only positions with demand: of nothing there is no percentage.
#}
{% macro demand_accuracy(groups=[]) -%}
{% set grain = (['valuation_date', 'method'] + groups) | join(', ') -%}
demand_sums as (
    select
        {{ grain }},
        count(*) as positions,
        count(case when demand_quantity > 0 then 1 end) as positions_with_demand,
        sum(demand_quantity) as demand_quantity,
        sum({{ rounded_total('error_quantity') }}) as error_quantity,
        sum({{ rounded_total('abs(error_quantity)') }}) as absolute_error_quantity,
        sum({{ rounded_total(ratio('abs(error_quantity)', 'demand_quantity')) }}) as error_rates
    from forecast_errors
    group by {{ grain }}
),

{% set metrics = {
    'demand_wape': [ratio('absolute_error_quantity', 'demand_quantity'), 'positions'],
    'demand_bias': [ratio('error_quantity', 'demand_quantity'), 'positions'],
    'demand_mape': [ratio('error_rates', 'positions_with_demand'), 'positions_with_demand'],
} -%}
demand_metrics as (
    {% for metric, (value, positions) in metrics.items() -%}
    select {{ grain }}, '{{ metric }}' as metric, {{ value }} as value, {{ positions }} as positions
    from demand_sums
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

demand_accuracy as (
    select * from demand_metrics
    where value is not null
)
{%- endmacro %}


{# What a quantile costs: its share of each unit above it, the rest of each unit below (Koenker and Bassett, 1978). #}
{% macro pinball_loss(actual, quantile, share) -%}
    greatest({{ share }} * ({{ actual }} - {{ quantile }}), (1 - {{ share }}) * ({{ quantile }} - {{ actual }}))
{%- endmacro %}
