{#- Twelve past windows of one month, three months and the horizon; shorter ones are scaled to the horizon. -#}
{%- set horizon = var('horizon_months') | int -%}
{%- set spans = {'month': 1, 'quarter': 3, 'horizon': horizon} -%}
{%- set lags = range(12) -%}
{%- set since = [1, 3, 6] -%}
with position_months as (select * from {{ ref('int_position_months') }}),

demand_windows as (
    select
        item_id,
        location_id,
        valuation_date,
        month_number,
        on_hand_quantity,
        {% for span, months in spans.items() -%}
        cast({{ whole_sum('demand_quantity', months) }} as double) * {{ horizon }} / {{ months }} as demand_{{ span }},
        {% endfor -%}
        {% for n in since -%}
        {{ rolling_sum('sold_quantity', n) }} as sold_{{ n }},
        {{ whole_sum('greatest(on_hand_quantity, 0)', 1, lag=n) }} as quantity_{{ n }}_before,
        {% endfor -%}
        months_observed
    from position_months
),

-- How much of the present quantity each of the windows would have sold: 0 to 1, null where not wholly observed.
windows_tried as (
    select
        item_id,
        location_id,
        valuation_date,
        on_hand_quantity,
        {% for n in since -%}
        case
            when quantity_{{ n }}_before > 0
                then least(1, {{ ratio('sold_' ~ n, 'quantity_' ~ n ~ '_before') }})
        end as sold_since_{{ n }},
        {% endfor -%}
        {% for span, months in spans.items() -%}
        {% for k in lags -%}
        case
            when months_observed >= {{ months + k }}
                then least(1, greatest(0, {{ ratio(
                    'lag(demand_' ~ span ~ ', ' ~ k ~ ') over months', 'on_hand_quantity'
                ) }}))
        end as {{ span }}_{{ k }},
        {% endfor -%}
        least(12, greatest(0, months_observed - {{ months - 1 }})) as {{ span }}_windows{{ ',' if not loop.last }}
        {% endfor %}
    from demand_windows
    window months as (partition by item_id, location_id order by month_number nulls last)
),

sell_out_features as (
    select
        item_id,
        location_id,
        valuation_date,
        {% for n in since -%}
        sold_since_{{ n }} as sold_of_stock_{{ n }}_ago,
        {% endfor -%}
        {% for span in spans -%}
        (
            {%- for k in lags %}
            {{ '+ ' if k }}case when {{ span }}_{{ k }} >= 1 then 1 else 0 end
            {%- endfor %}
        ) / nullif(cast({{ span }}_windows as double), 0) as sell_out_share_{{ span }},
        (
            {%- for k in lags %}
            {{ '+ ' if k }}coalesce({{ span }}_{{ k }}, 0)
            {%- endfor %}
        ) / nullif(cast({{ span }}_windows as double), 0) as expected_sell_through_{{ span }},
        least(
            {%- for k in lags -%}
            {{ span }}_{{ k }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        ) as least_sell_through_{{ span }}{{ ',' if not loop.last }}
        {% endfor %}
    from windows_tried
    where on_hand_quantity > 0
)

select * from sell_out_features
