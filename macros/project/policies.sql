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
