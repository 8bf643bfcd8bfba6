-- What the figures of this build were made from and by: inputs, policies, vars and code.
with source_hashes as (
    select * from {{ ref('source_files') }}
    where table_name is not null
),

evidence as (
    select
        'input' as kind,
        table_name as name,
        content_hash as content
    from source_hashes
    {% if execute -%}
    {% for node in graph.nodes.values() if node.resource_type == 'seed' -%}
    union all
    select 'policy', '{{ node.name }}', '{{ node.checksum.checksum }}'
    {% endfor -%}
    {% for name in policy_vars() -%}
    union all
    select 'var', '{{ name }}', '{{ sql_text(var(name)) }}'
    {% endfor -%}
    union all
    select 'code', 'inventory_valuation', '{{ run_query("select project_hash('.')").rows[0][0] }}'
    {%- endif %}
)

select * from evidence
