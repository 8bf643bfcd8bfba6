{#
    The share part / whole of an amount, rounded half up to ten-thousandths, with no floating point on the way: whole
    units divide whole units. Nothing of nothing is nothing. The amount is not negative; part and whole may be amounts
    or quantities.
#}
{% macro exact_share(amount, part, whole) -%}
    {{ return(adapter.dispatch('exact_share')(amount, part, whole)) }}
{%- endmacro %}

{# Beyond a million million the product would not fit 128 bits: there the part goes in two pieces, as in long division. #}
{% macro default__exact_share(amount, part, whole) -%}
    {%- set value, some, all = _units(amount, 'hugeint'), _units(part, 'hugeint', 6), _units(whole, 'hugeint', 6) -%}
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
                end * cast(0.0001 as decimal(5, 4)) as {{ total_type() }}
            )
        else cast(0 as {{ total_type() }})
    end
{%- endmacro %}

{% macro spark__exact_share(amount, part, whole) -%}
    case
        when {{ whole }} > 0
            then cast(
                (2 * {{ _units(amount, 'decimal(17, 0)') }} * {{ _units(part, 'decimal(17, 0)') }}
                + {{ _units(whole, 'decimal(17, 0)') }})
                div (2 * {{ _units(whole, 'decimal(17, 0)') }})
                * cast(0.0001 as decimal(5, 4)) as decimal(18, 4)
            )
        else cast(0 as decimal(18, 4))
    end
{%- endmacro %}

{# The same of amounts and parts on either side of zero. #}
{% macro signed_share(amount, part, whole) -%}
    cast(
        case when (({{ amount }} < 0) <> ({{ part }} < 0)) <> ({{ whole }} < 0) then -1 else 1 end
        * {{ exact_share('abs(' ~ amount ~ ')', 'abs(' ~ part ~ ')', 'abs(' ~ whole ~ ')') }} as decimal(18, 4)
    )
{%- endmacro %}


{# A decimal in whole units of its last digit. #}
{% macro _units(amount, type, digits=4) -%}
    cast(cast({{ amount }} as decimal(28, {{ digits }})) * {{ 10 ** digits }} as {{ type }})
{%- endmacro %}
