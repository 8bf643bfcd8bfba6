{#
    The share part / whole of an amount, rounded half up to ten-thousandths, with no floating point on the way:
    whole ten-thousandths divide whole ten-thousandths. Nothing of nothing is nothing. The amount is not negative.
#}
{% macro exact_share(amount, part, whole) -%}
    {{ return(adapter.dispatch('exact_share')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__exact_share(amount, part, whole) -%}
    case
        when {{ whole }} > 0
            then cast(
                (2 * {{ _units(amount, 'hugeint') }} * {{ _units(part, 'hugeint') }} + {{ _units(whole, 'hugeint') }})
                // (2 * {{ _units(whole, 'hugeint') }})
                * cast(0.0001 as decimal(5, 4)) as decimal(18, 4)
            )
        else cast(0 as decimal(18, 4))
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


{% macro _units(amount, type) -%}
    cast(cast({{ amount }} as decimal(22, 4)) * 10000 as {{ type }})
{%- endmacro %}
