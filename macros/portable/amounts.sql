{#
    The three kinds of number that the books are made of. Money is exact in ten-thousandths of the reporting currency and
    quantities in millionths of a unit, both in 64 bits; a unit's cost or price is only a reference, since the amount of a
    line is what is exact.
#}
{% macro money_type() -%}decimal(18, 4){%- endmacro %}
{% macro quantity_type() -%}decimal(18, 6){%- endmacro %}
{% macro unit_value_type() -%}decimal(24, 10){%- endmacro %}


{# Sums over many positions or long times: of a company in rupiah they pass what one line, position or month can hold. #}
{% macro money_total_type() -%}decimal(38, 4){%- endmacro %}
{% macro quantity_total_type() -%}decimal(38, 6){%- endmacro %}


{# An amount made from a rate: rounded half up to ten-thousandths at once, so that sums are exact. #}
{% macro rounded_amount(expression) -%}
    cast(round({{ expression }}, 4) as {{ money_type() }})
{%- endmacro %}


{# The same of a quantity, and of what a unit costs or brings. #}
{% macro rounded_quantity(expression) -%}
    cast(round({{ expression }}, 6) as {{ quantity_type() }})
{%- endmacro %}

{# From 1e13 on, a million lines of a million, a unit's value counts as just below it: amounts are made from it. #}
{% macro rounded_unit_value(expression) -%}
    cast(case
        when {{ expression }} >= 1e13 then 9999999999999
        when {{ expression }} <= -1e13 then -9999999999999
        else round(cast({{ expression }} as double), 10)
    end as {{ unit_value_type() }})
{%- endmacro %}


{#
    The same where an amount may be larger than a line's (a quantity at another unit's price, a rate over a total, the
    square of an error), and where a quantity is foreseen.
#}
{% macro rounded_total(expression) -%}
    cast(round({{ expression }}, 4) as {{ money_total_type() }})
{%- endmacro %}

{% macro rounded_quantity_total(expression) -%}
    cast(round({{ expression }}, 6) as {{ quantity_total_type() }})
{%- endmacro %}


{#
    The exact product of two decimals: one factor is widened first, since narrow ones multiply into 18 digits. Rounded
    before it is cast, which gives the same and takes DuckDB a third of the time.
#}
{% macro product(factor, other) -%}
    cast(round(cast({{ factor }} as decimal(19, 4)) * {{ other }}, 4) as {{ money_type() }})
{%- endmacro %}


{#
    What a line is worth: a quantity times the cost or price of a unit, rounded once, in the reporting currency where the
    rate that leads to it is given. Of a unit value of a million and more six decimals are kept, since the product would
    have more than the 38 digits of a decimal. What stock would bring at a price may be more than any line: there the
    type is a total's.
#}
{% macro line_amount(quantity, unit_value, rate=none, type=none) -%}
    {%- set type = type or money_type() -%}
    {%- set small = 'cast(' ~ quantity ~ ' as ' ~ quantity_type() ~ ') * cast(' ~ unit_value ~ ' as decimal(19, 10))' -%}
    {%- set large = 'cast(' ~ quantity ~ ' as ' ~ quantity_type() ~ ') * cast(' ~ unit_value ~ ' as decimal(19, 6))' -%}
    case
        {% if rate -%}
        when {{ rate }} <> 1 and abs({{ unit_value }}) < 1000000 then {{ converted('round(' ~ small ~ ', 8)', rate) }}
        when {{ rate }} <> 1 then {{ converted('round(' ~ large ~ ', 8)', rate) }}
        {% endif -%}
        when abs({{ unit_value }}) < 1000000 then cast(round({{ small }}, 4) as {{ type }})
        else cast(round({{ large }}, 4) as {{ type }})
    end
{%- endmacro %}


{# An amount of another currency, with up to eight decimals, at a rate of which sixteen digits count. #}
{% macro converted(amount, rate) -%}
    cast(case
        when {{ rate }} < 1 then round(cast({{ amount }} as decimal(22, 8)) * cast({{ rate }} as decimal(16, 15)), 4)
        when {{ rate }} < 10000 then round(cast({{ amount }} as decimal(22, 8)) * cast({{ rate }} as decimal(16, 11)), 4)
        else round(cast({{ amount }} as decimal(22, 8)) * cast({{ rate }} as decimal(16, 5)), 4)
    end as {{ money_type() }})
{%- endmacro %}


{# A column of money in the reporting currency. What a unit costs is rounded there, and is only a reference. #}
{% macro in_reporting_currency(value, rate, type) -%}
    {%- set unit_value = unit_value_type() | replace(' ', '') -%}
    case
        when {{ rate }} = 1 then {{ value }}
        {% if type | replace(' ', '') == unit_value -%}
        else cast(round(cast({{ value }} as double) * {{ rate }}, 10) as {{ unit_value_type() }})
        {%- else -%}
        else {{ converted(value, rate) }}
        {%- endif %}
    end
{%- endmacro %}


{# What stock would bring at a price. #}
{% macro market_amount(quantity, unit_value) -%}
    {{ line_amount(quantity, unit_value, type=money_total_type()) }}
{%- endmacro %}


{#
    The square of a quantity or of a price that is one of many, as a decimal, so that sums of squares don't depend on the
    order of rows. Six decimals tell a thousandth of a unit apart; what is beyond 1e15 counts as that.
#}
{% macro squared(value) -%}
    cast(case
        when abs(cast({{ value }} as double)) > 1e15 then 1e30
        else round(power(cast({{ value }} as double), 2), 6)
    end as decimal(38, 6))
{%- endmacro %}
