{# Date arithmetic that each engine spells its own way; every model goes through these. #}

{% macro days_between(from_day, to_day) -%}
    {{ return(adapter.dispatch('days_between')(from_day, to_day)) }}
{%- endmacro %}

{% macro default__days_between(from_day, to_day) -%}
    datediff('day', cast({{ from_day }} as date), cast({{ to_day }} as date))
{%- endmacro %}

{% macro spark__days_between(from_day, to_day) -%}
    datediff(cast({{ to_day }} as date), cast({{ from_day }} as date))
{%- endmacro %}


{% macro add_months(day, months) -%}
    {{ return(adapter.dispatch('add_months')(day, months)) }}
{%- endmacro %}

{% macro default__add_months(day, months) -%}
    cast(cast({{ day }} as date) + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_months(day, months) -%}
    add_months(cast({{ day }} as date), cast({{ months }} as int))
{%- endmacro %}


{# The month end that lies so many months after the month of a day. #}
{% macro month_end_after(day, months) -%}
    cast(last_day({{ add_months(day, months) }}) as date)
{%- endmacro %}


{# The day so many months after a valuation date: a month end after a month end, after any other day the same day. #}
{% macro months_after(day, months) -%}
    cast(
        case
            when cast({{ day }} as date) = cast(last_day({{ day }}) as date) then last_day({{ add_months(day, months) }})
            else {{ add_months(day, months) }}
        end as date
    )
{%- endmacro %}


{# Whole seconds of a moment since the start of 1970, UTC. #}
{% macro seconds_since_1970(moment) -%}
    {{ return(adapter.dispatch('seconds_since_1970')(moment)) }}
{%- endmacro %}

{% macro default__seconds_since_1970(moment) -%}
    cast(floor(epoch(cast({{ moment }} as timestamp))) as bigint)
{%- endmacro %}

{% macro spark__seconds_since_1970(moment) -%}
    unix_timestamp(cast({{ moment }} as timestamp))
{%- endmacro %}
