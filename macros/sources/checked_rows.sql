{#
    Every raw row of an input table, judged: used, merged (a second delivery of the same fact), set aside (no
    product) or quarantined with the first reason that holds. The model that calls it lists the table's own rules.

    needs        columns without which a row can't be used
    reasons      {'reason in words': 'condition on `facts` that makes the row unusable'}, in order
    event_at     when the fact happened; outside the data's window the row is quarantined
    one_per_key  the key tells rows apart for good: a later row with the same key takes the earlier one's place
    needs_rate   a row whose currency has no rate can't be used; else it loses its money and says so
#}
{% macro checked_rows(table, needs=[], reasons={}, event_at=none, one_per_key=false, needs_rate=true) %}
{%- if not execute -%}
    {{ read_source(table) }}
    {% do ref('id_cross_reference') %}{% do ref('int_data_window') %}{% do ref('int_reporting_currency') %}
    {% if table != 'fx_rates' %}{% do ref('int_fx_days') %}{% endif %}
{%- else -%}
{%- set contract = source_contract(table) -%}
{%- set columns = contract.columns.values() | list -%}
{%- set key = contract.meta.key -%}
{%- set has_money = 'currency' in contract.columns and table != 'fx_rates' -%}
{%- set has_lines = 'line_no' in key -%}
{#- Money is bounded in its own currency and in the reporting one: what lies beyond is a slip, and would overflow. -#}
{%- set amounts = [contract.meta.amount] if contract.meta.amount else [] -%}
{%- for column in columns if column.meta.money and has_money -%}
    {%- do amounts.append('cast(' ~ column.name ~ ' as double) * rate_to_reporting') -%}
{%- endfor -%}
{%- if contract.meta.amount and has_money -%}
    {%- do amounts.append('cast(' ~ contract.meta.amount ~ ' as double) * rate_to_reporting') -%}
{%- endif -%}
{%- set has_loaded_at = 'loaded_at' in source_columns(table) -%}
with source_rows as (
    {{ read_source(table) }}
),

identified as (
    select
        {% for column in columns -%}
        {% if column.meta.id_of -%}
        coalesce({{ column.name }}_spelling.canonical_id, source_rows.{{ column.name }}) as {{ column.name }},
        coalesce({{ column.name }}_spelling.is_known, false) as {{ column.name }}_is_known,
        {% elif column.name == 'currency' -%}
        upper(source_rows.currency) as currency,
        {% else -%}
        source_rows.{{ column.name }},
        {% endif -%}
        {% endfor -%}
        {{ 'item_id_spelling.non_product_kind' if 'item_id' in contract.columns else 'cast(null as string)' }}
            as non_product_kind,
        nullif(concat_ws('; ',
            {% for column in columns if column.meta.id_of -%}
            case
                when source_rows.{{ column.name }} <> {{ column.name }}_spelling.canonical_id
                    then '{{ column.name }} was ' || source_rows.{{ column.name }}
            end,
            {% endfor -%}
            source_rows.unreadable_columns || ' could not be read'
        ), '') as mends,
        source_rows.unreadable_columns,
        source_rows.loaded_at,
        source_rows.source_row_number,
        {{ row_amount(contract) }} as amount
    from source_rows
    {% for column in columns if column.meta.id_of -%}
    left join {{ ref('id_cross_reference') }} as {{ column.name }}_spelling
        on
            {{ column.name }}_spelling.master_table = '{{ column.meta.id_of }}'
            and {{ column.name }}_spelling.source_id = source_rows.{{ column.name }}
    {% endfor -%}
),

{% if has_money -%}
rated as (
    select
        identified.*,
        case
            when coalesce(identified.currency, reporting.currency) = reporting.currency then 1
            else fx_days.rate_to_reporting
        end as rate_to_reporting
    from identified
    cross join {{ ref('int_reporting_currency') }} as reporting
    {% if not event_at -%}
    cross join {{ ref('int_data_window') }} as data_window
    {% endif -%}
    left join {{ ref('int_fx_days') }} as fx_days
        on
            identified.currency = fx_days.currency
            and fx_days.day = {{ 'cast(identified.' ~ event_at ~ ' as date)' if event_at else 'data_window.last_day' }}
),

{% endif -%}
weighed as (
    select
        facts.*,
        case
            {% for column in needs -%}
            when {{ column }} is null and contains(unreadable_columns, '{{ column }} (beyond')
                then '{{ column }} is beyond ten thousand million'
            when {{ column }} is null and contains(unreadable_columns, '{{ column }}')
                then '{{ column }} can not be read'
            when {{ column }} is null then '{{ column }} is missing'
            {% endfor -%}
            {% for column in needs if contract.columns[column].meta.id_of in ['items', 'locations'] and column != key[0] -%}
            when not {{ column }}_is_known then '{{ column }} is unknown'
            {% endfor -%}
            {% if event_at and event_at in needs -%}
            when cast({{ event_at }} as date) < data_window.first_day then 'before the first day of the data'
            when cast({{ event_at }} as date) > data_window.last_day then 'after the last day of the data'
            {% endif -%}
            {% for reason, condition in reasons.items() -%}
            when {{ condition }} then '{{ sql_text(reason) }}'
            {% endfor -%}
            {% if has_money and needs_rate -%}
            when rate_to_reporting is null then 'no exchange rate for its currency and day'
            {% endif -%}
            {% for value in amounts -%}
            when abs({{ value }}) > {{ largest_number() }} then 'an amount beyond ten thousand million'
            {% endfor -%}
        end as quarantine_reason
    from {{ 'rated' if has_money else 'identified' }} as facts
    {% if event_at and event_at in needs -%}
    cross join {{ ref('int_data_window') }} as data_window
    {% endif -%}
),

-- Few keys come more than once: only their rows are compared with each other.
repeated_keys as (
    select {{ key | join(', ') }}
    from weighed
    group by {{ key | join(', ') }}
    having count(*) > 1
),

repeated as (
    select
        weighed.*,
        row_number() over (
            partition by
                {% for column in columns if column.data_type != 'blob' -%}
                weighed.{{ column.name }}{{ ', ' if not loop.last }}
                {%- endfor %}
            order by weighed.loaded_at nulls last, weighed.source_row_number
        ) as delivery_number
    from weighed
    inner join repeated_keys
        on
            {% for column in key -%}
            weighed.{{ column }} is not distinct from repeated_keys.{{ column }}
            {{- ' and ' if not loop.last }}
            {%- endfor %}
),

-- What can't be used takes no other row's place, even if it came later.
delivered as (
    select
        *,
        count(*) over same_key as contents_of_key,
        last_value(source_row_number) over same_key as last_row_of_key,
        last_value(loaded_at) over same_key as last_loaded_at_of_key
    from repeated
    window same_key as (
        partition by {{ key | join(', ') }}, delivery_number > 1, quarantine_reason is null
        order by loaded_at nulls first, source_row_number
        rows between unbounded preceding and unbounded following
    )
),

{% if has_lines -%}
-- A document delivered again may number its lines in another order: of a content that stands on as many
-- lines as the lines have contents, one row in that many is the fact, the others are its second delivery.
-- A content that stands on fewer lines was changed, not renumbered.
renumbered as (
    select
        source_row_number,
        count(*) over same_content >= contents_of_key
        and row_number() over same_content > count(*) over same_content / contents_of_key as is_second
    from delivered
    where contents_of_key > 1 and delivery_number = 1
    window same_content as (
        partition by {% for column in columns if column.name != 'line_no' and column.data_type != 'blob' %}{{ column.name }}{{ ', ' if not loop.last }}{% endfor %}
        order by source_row_number
        rows between unbounded preceding and unbounded following
    )
),

{% endif -%}
merged as (
    select
        delivered.source_row_number,
        case
            when delivery_number > 1 then 'the same row delivered again'
            {% if has_lines -%}
            when renumbered.is_second then 'the same row delivered again under another line number'
            {% endif -%}
            when
                delivered.source_row_number <> last_row_of_key
                {{ '' if one_per_key else 'and last_loaded_at_of_key > loaded_at' }}
                then 'replaced by a later delivery of the same key'
        end as merge_reason
    from delivered
    {% if has_lines -%}
    left join renumbered on delivered.source_row_number = renumbered.source_row_number
    {% endif -%}
),

judged as (
    select
        weighed.*,
        merged.merge_reason
    from weighed
    left join merged on weighed.source_row_number = merged.source_row_number
),

{% if has_loaded_at and event_at -%}
-- A backfill loads years in one night: such a load time says nothing about when facts became known. One that
-- lies years after all data is a slip, and would keep its row out of the books for good.
loads as (
    select coalesce(median({{ days_between(event_at, 'loaded_at') }}) <= 31, false) as is_timely
    from judged
),

known as (
    select
        judged.*,
        loads.is_timely and cast(loaded_at as date) > cast(data_window.last_day + 366 as date) as is_load_time_wrong,
        loads.is_timely and loaded_at > {{ event_at }} as is_late
    from judged
    cross join loads
    cross join {{ ref('int_data_window') }} as data_window
),

{% endif -%}
checked as (
    select
        {% for column in columns -%}
        {{ column.name }},
        {% endfor -%}
        {{ 'rate_to_reporting,' if has_money }}
        amount,
        nullif(concat_ws('; ',
            mends
            {%- if has_money and not needs_rate -%},
            case when rate_to_reporting is null then 'money left out: no exchange rate for ' || currency end
            {%- endif -%}
            {%- if has_loaded_at and event_at -%},
            case when is_load_time_wrong then 'left out: loaded_at of ' || loaded_at end
            {%- endif %}
        ), '') as mends,
        source_row_number,
        case
            when merge_reason is not null then 'merged'
            when non_product_kind is not null then 'set aside'
            when quarantine_reason is not null then 'quarantined'
            else 'used'
        end as row_status,
        coalesce(merge_reason, non_product_kind, quarantine_reason) as row_reason,
        concat_ws('/', {% for column in key %}cast({{ column }} as string), {% endfor %}'row ' || source_row_number)
            as row_key,
        {% if not event_at -%}
        cast(null as timestamp) as known_at
        {%- elif has_loaded_at -%}
        case
            when is_late and not is_load_time_wrong then loaded_at
            else cast({{ event_at }} as timestamp)
        end as known_at
        {%- else -%}
        cast({{ event_at }} as timestamp) as known_at
        {%- endif %}
    from {{ 'known' if has_loaded_at and event_at else 'judged' }}
)

select * from checked
{%- endif -%}
{% endmacro %}


{# What a row is worth when tables are reconciled; null where that would be beyond all numbers. #}
{% macro row_amount(contract) -%}
    try_cast({{ 'round(' ~ contract.meta.amount ~ ', 4)' if contract.meta.amount else 'null' }} as decimal(18, 4))
{%- endmacro %}


{# The rows of an input table that can be used, with money in the reporting currency. #}
{% macro used_rows(table) %}
    {%- if execute -%}
    {%- set contract = source_contract(table) -%}
    select
        {% for column in contract.columns.values() -%}
        {% if column.meta.money and 'currency' in contract.columns -%}
        case
            when rate_to_reporting = 1 then {{ column.name }}
            else {{ product(column.name, 'cast(rate_to_reporting as decimal(18, 8))') }}
        end as {{ column.name }},
        {% else -%}
        {{ column.name }},
        {% endif -%}
        {% endfor -%}
        known_at,
        mends,
        source_row_number
    from {{ ref('base_' ~ table) }}
    where row_status = 'used'
    {%- else -%}
    select * from {{ ref('base_' ~ table) }}
    {%- endif -%}
{% endmacro %}
