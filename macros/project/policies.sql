{#
    Fingerprint of the policies that proposals are made by. A proposal that nobody has approved yet follows them; what a
    retraining or another champion says is only shown beside it.
#}
{% macro proposal_policy() %}
    {% if not execute %}{{ return('none') }}{% endif %}
    {% set policies = policies_in_force() %}
    {% set told = [] %}
    {% for name in [
        'seed ageing_policy', 'seed candidate_models', 'seed category_policy', 'seed firm_sales_contracts',
        'seed policy_constants', 'seed rule_buckets', 'var cost_pool', 'var costing_method', 'var horizon_months',
        'var pilot_category', 'var reporting_currency', 'var train_on_poor_data', 'var unit_of_account',
    ] %}
        {% do told.append(name ~ ' ' ~ policies[name]) %}
    {% endfor %}
    {{ return(local_md5(told | join('/'))) }}
{% endmacro %}


{# Every seed with the checksum of its file, every var that figures depend on with its value, and the code. #}
{% macro policies_in_force() %}
    {% if not execute %}{{ return({'none': 'none'}) }}{% endif %}
    {% set policies = {} %}
    {% for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'seed') | sort(attribute='name') %}
        {% do policies.update({'seed ' ~ node.name: node.checksum.checksum}) %}
    {% endfor %}
    {% for name in policy_vars() %}
        {% do policies.update({'var ' ~ name: var(name) ~ ''}) %}
    {% endfor %}
    {% do policies.update({'code': run_query("select project_hash('.')").rows[0][0]}) %}
    {{ return(policies) }}
{% endmacro %}


{# The vars that figures depend on. #}
{% macro policy_vars() %}
    {{ return([
        'as_of_date', 'horizon_months', 'costing_method', 'cost_pool', 'unit_of_account', 'reporting_currency',
        'pilot_category', 'interim_recoveries', 'fiscal_year_start_month', 'book_without_approval', 'train_on_poor_data',
        'renew_proposals',
    ]) }}
{% endmacro %}
