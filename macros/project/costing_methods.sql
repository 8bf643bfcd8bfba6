{# The costing methods, computed side by side: columns of int_costed_movements, rows of what is public. #}
{% macro costing_methods() %}
    {{ return(['fifo', 'lifo', 'weighted_average', 'standard']) }}
{% endmacro %}


{# One row per costing method. #}
{% macro costing_method_rows() %}
    {%- for method in costing_methods() %}
    select '{{ method }}' as costing_method
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{% endmacro %}


{# A measure of the row's costing method. An item without a standard cost stands at its average, so that by
   no method stock is without a cost. #}
{% macro measure_by_method(measure, costs) -%}
    case costing_methods.costing_method
        when 'fifo' then {{ costs }}.fifo_{{ measure }}
        when 'lifo' then {{ costs }}.lifo_{{ measure }}
        when 'weighted_average' then {{ costs }}.weighted_average_{{ measure }}
        else coalesce({{ costs }}.standard_{{ measure }}, {{ costs }}.weighted_average_{{ measure }})
    end
{%- endmacro %}
