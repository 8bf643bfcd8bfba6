{#
    A quotient of two amounts or quantities: double. A share or ratio of nothing is null, never NaN: it is not known.
    Rates of loss are the exception: what cost nothing loses nothing.
#}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}


{#
    The change from `before` to `now` over the mean of the two: -2 (gone) to +2 (new). Unlike a
    plain percentage it stays finite when one of them is nothing, and up and down weigh the same.
#}
{% macro midpoint_change(now, before) -%}
    {{ ratio('2 * (' ~ now ~ ' - ' ~ before ~ ')', 'abs(' ~ now ~ ') + abs(' ~ before ~ ')') }}
{%- endmacro %}


{#
    Months that a quantity lasts at the average demand of a window. No demand at all is a cover
    without end, not an unknown one: it takes the cap of ten years.
#}
{% macro coverage_months(quantity, demand, months) -%}
    least(120, coalesce({{ ratio(quantity, 'greatest(' ~ demand ~ ', 0)') }} * {{ months }}, 120))
{%- endmacro %}
