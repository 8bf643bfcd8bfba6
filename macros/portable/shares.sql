{#
    The share part / whole of an amount, rounded half up to ten-thousandths, with no floating point on the way:
    whole units of part and whole, of which one is the scale's power of ten, divide whole ten-thousandths. Nothing of
    nothing is nothing. The amount is not negative.
#}
{% macro exact_share(amount, part, whole, scale=4) -%}
    {{ return(adapter.dispatch('exact_share')(amount, part, whole, scale)) }}
{%- endmacro %}

{# Beyond a million million the product would not fit 128 bits: there the part goes in two pieces, as in long division. #}
{% macro default__exact_share(amount, part, whole, scale) -%}
    {%- set value, some, all = whole_units(amount), whole_units(part, scale), whole_units(whole, scale) -%}
    {%- set step = '100000000000' -%}
    {%- set upper = '(' ~ value ~ ' * (' ~ some ~ ' // ' ~ step ~ '))' -%}
    {%- set lower = '(' ~ upper ~ ' % ' ~ all ~ ' * ' ~ step ~ ' + ' ~ value ~ ' * (' ~ some ~ ' % ' ~ step ~ '))' -%}
    case
        when {{ whole }} > 0
            then cast(
                case
                    when {{ amount }} <= 1000000000000 and {{ part }} <= 1000000000000 and {{ whole }} <= 1000000000000
                        then (2 * {{ value }} * {{ some }} + {{ all }}) // (2 * {{ all }})
                    else {{ upper }} // {{ all }} * {{ step }} + (2 * {{ lower }} + {{ all }}) // (2 * {{ all }})
                end * cast(0.0001 as decimal(5, 4)) as {{ money_total_type() }}
            )
        else cast(0 as {{ money_total_type() }})
    end
{%- endmacro %}

{% macro spark__exact_share(amount, part, whole, scale) -%}
    case
        when {{ whole }} > 0
            then cast(
                (
                    2 * {{ whole_units(amount, 4, 'decimal(18, 0)') }} * {{ whole_units(part, scale, 'decimal(18, 0)') }}
                    + {{ whole_units(whole, scale, 'decimal(18, 0)') }}
                )
                div (2 * {{ whole_units(whole, scale, 'decimal(18, 0)') }})
                * cast(0.0001 as decimal(5, 4)) as {{ money_type() }}
            )
        else cast(0 as {{ money_type() }})
    end
{%- endmacro %}

{# The part of an amount that falls to some of a whole quantity. #}
{% macro share_of_quantity(amount, part, whole) -%}
    cast({{ exact_share(amount, part, whole, scale=6) }} as {{ money_type() }})
{%- endmacro %}

{# The same of amounts and quantities on either side of zero. #}
{% macro signed_share_of_quantity(amount, part, whole) -%}
    cast(
        case when (({{ amount }} < 0) <> ({{ part }} < 0)) <> ({{ whole }} < 0) then -1 else 1 end
        * {{ share_of_quantity('abs(' ~ amount ~ ')', 'abs(' ~ part ~ ')', 'abs(' ~ whole ~ ')') }} as {{ money_type() }}
    )
{%- endmacro %}


{# A decimal as a whole number of its smallest units; widened first, since narrow ones multiply into 18 digits. #}
{% macro whole_units(amount, scale=4, type='hugeint') -%}
    cast(cast({{ amount }} as decimal(24, {{ scale }})) * {{ 10 ** scale }} as {{ type }})
{%- endmacro %}
