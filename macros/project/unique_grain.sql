{# The grain that a description promises: no two rows share these columns, and none is null but where it may be. #}
{% test unique_grain(model, columns, may_be_null=[]) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
    {%- for column in columns if column not in may_be_null %} or {{ column }} is null{% endfor %}
{% endtest %}
