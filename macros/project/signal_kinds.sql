{# The market signals that features know by name. #}
{% macro signal_kinds() %}
    {{ return([
        'commodity_price',
        'economic_indicator',
        'competitor_price',
        'social_sentiment',
        'search_volume',
        'weather',
        'market_sales',
    ]) }}
{% endmacro %}


{# What is told of each kind and entity, by kind: of those without a name of their own there are places for three. #}
{% macro signal_columns() %}
    {% set columns = {} %}
    {% for kind in signal_kinds() %}
        {% do columns.update({
            kind: ['level', 'level_score', 'change_3', 'change_year']
        }) %}
    {% endfor %}
    {% for place in [1, 2, 3] %}
        {% do columns.update({
            'other_signal_' ~ place: ['last_value', 'age_days', 'change_3', 'change_year']
        }) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
