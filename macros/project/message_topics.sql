{# What suppliers' messages may announce, and the words that give it away: all of one list, in lower case. #}
{% macro message_topics() %}
    {{ return({
        'end_of_life': [
            'end of life', 'eol', 'discontinu', 'phase out', 'phased out', 'stop making', 'last time buy',
            'produced any more', 'production of', 'last orders',
        ],
        'price_cut': [
            'goes down', 'lower our price', 'price cut', 'price reduction', 'cheaper', 'dropping the price',
            'price drop',
        ],
        'delay': [
            'delay', ' late', 'slips', 'later than promised', 'missed its vessel', 'new eta', 'backorder',
        ],
    }) }}
{% endmacro %}
