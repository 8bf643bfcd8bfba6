{#
    The sum of a monthly column over `months` months, the last of them `lag` months ago. The relation must be gap-free by
    month_number; exact for decimals, so that a rebuild is equal to the bit. The months that a flash counts back from its
    day are kept apart from those of the calendar by flash_date.
#}
{% macro rolling_sum(column, months, lag=0, by='item_id, location_id, flash_date') -%}
    sum({{ column }}) over ({{ month_frame(months, lag, by) }})
{%- endmacro %}


{% macro rolling_max(column, months, lag=0, by='item_id, location_id, flash_date') -%}
    max({{ column }}) over ({{ month_frame(months, lag, by) }})
{%- endmacro %}


{# Over all months up to this one. #}
{% macro running_sum(column, by='item_id, location_id, flash_date') -%}
    sum({{ column }}) over ({{ month_frame(none, 0, by) }})
{%- endmacro %}


{% macro running_max(column, by='item_id, location_id, flash_date') -%}
    max({{ column }}) over ({{ month_frame(none, 0, by) }})
{%- endmacro %}


{# A past window counts only if it was wholly observed: half a season is not a small season. #}
{% macro whole_sum(column, months, lag=0, by='item_id, location_id, flash_date') -%}
    case
        when months_observed >= {{ months + lag }} then {{ rolling_sum(column, months, lag, by) }}
    end
{%- endmacro %}


{% macro month_frame(months, lag, by) -%}
    {{ return(adapter.dispatch('month_frame')(months, lag, by)) }}
{%- endmacro %}

{% macro default__month_frame(months, lag, by) -%}
    partition by {{ by }} order by month_number nulls last
    rows between {{ months + lag - 1 if months else 'unbounded' }} preceding
        and {{ lag ~ ' preceding' if lag else 'current row' }}
{%- endmacro %}
