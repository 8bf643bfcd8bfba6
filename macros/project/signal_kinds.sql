{# The market signals that features know by name; others wait until someone says what they mean. #}
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
