-- What was proposed last of each position and period, by the builds that passed before this one. It stands in
-- frozen_proposals, which this build goes on with at its end: a reference would be a circle, so it is looked up by
-- name.
{%- set memory = adapter.get_relation(database=target.database, schema='governance', identifier='frozen_proposals')
    if execute %}
{%- set columns = {
    'item_id': 'string', 'location_id': 'string', 'period_end': 'date', 'proposal_number': 'bigint', 'method': 'string',
    'model': 'string', 'run_id': 'string', 'quantity': quantity_type(), 'cost_value': money_type(),
    'proposed_amount': money_type(), 'policy_hash': 'string', 'proposed_as_of': 'date',
} %}
with remembered as (
    {% if memory -%}
    select
        *,
        max(proposal_number) over (partition by item_id, location_id, period_end) as last_number
    from {{ memory }}
    where source_name = {{ source_name() }}
    {%- else -%}
    select
        {% for column, type in columns.items() -%}
        cast(null as {{ type }}) as {{ column }},
        {% endfor -%}
        cast(null as bigint) as last_number
    where false
    {%- endif %}
),

standing_proposals as (
    select
        {% for column in columns -%}
        {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from remembered
    where proposal_number = last_number
)

select * from standing_proposals
