{%- set methods = averaged_demand_methods() -%}
-- Weights in quarters: finer ones would be fitted to noise.
with quarters as (
    {{ integer_series(4) }}
),

demand_mixes as (
    select
        {%- for method in methods %}
        of_{{ method }}.number / 4.0 as {{ method }}_weight,
        {%- endfor %}
        concat_ws(
            '-'
            {%- for method in methods %},
            of_{{ method }}.number
            {%- endfor %}
        ) as mix
    from quarters as of_{{ methods[0] }}
    {%- for method in methods[1:] %}
    cross join quarters as of_{{ method }}
    {%- endfor %}
    where
        {% for method in methods -%}
        of_{{ method }}.number {{ '+' if not loop.last }}
        {%- endfor %} = 4
)

select * from demand_mixes
