{# What is compared with its value as one (IAS 2.29, ASC 330-10-35-8 to 35-10), as a text that names it. #}
{% macro unit_of_account_name(layer) -%}
    {%- set names = {
        'category': 'category',
        'item': 'item_id',
        'position': "item_id || ' at ' || location_id",
        'layer': "item_id || ' at ' || location_id || ', layer ' || " ~ layer,
    } -%}
    {{ return(names[var('unit_of_account')]) }}
{%- endmacro %}


{#
    A unit's write-down, shared among its layers by what each of them lacks, so that every amount traces to a layer:
    the difference of two rounded running shares, so that nothing is lost. `shortfall` is cost less value, signed;
    `lacking` is its part above zero.
#}
{% macro shared_write_down(name) -%}
    cast(
        {{ exact_share(name ~ '_unit_write_down', name ~ '_running', name ~ '_lacking') }}
        - {{ exact_share(
            name ~ '_unit_write_down',
            name ~ '_running - greatest(' ~ name ~ '_shortfall, 0)',
            name ~ '_lacking'
        ) }}
        as {{ money_type() }}
    )
{%- endmacro %}
