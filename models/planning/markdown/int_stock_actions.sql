{%- set stage_starts = {'first': 0, 'second': 1, 'last': 2} -%}
-- The best plan of each position where it is not to hold. Of a markdown in stages the first cut is the action: it is
-- due when its stage begins.
with markdown_plans as (
    select * from {{ ref('markdown_plans') }}
),

held as (
    select
        item_id,
        location_id,
        expected_unsold_quantity,
        expected_proceeds_amount,
        expected_value
    from markdown_plans
    where option = 'hold'
),

stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

plans_staged as (
    select
        markdown_plans.*,
        stock_positions.category,
        stock_positions.horizon_months,
        held.expected_unsold_quantity as held_unsold_quantity,
        markdown_plans.expected_proceeds_amount - held.expected_proceeds_amount as cash_released_amount,
        case
            {%- for stage in ['first', 'second'] %}
            when markdown_plans.{{ stage }}_discount_rate > 0 then markdown_plans.{{ stage }}_discount_rate
            {%- endfor %}
            else markdown_plans.last_discount_rate
        end as cut_rate,
        cast(case
            {%- for stage in ['first', 'second'] %}
            when markdown_plans.{{ stage }}_discount_rate > 0
                then floor({{ stage_starts[stage] }} * stock_positions.horizon_months / 3.0)
            {%- endfor %}
            when markdown_plans.last_discount_rate > 0 then floor(2 * stock_positions.horizon_months / 3.0)
            else 0
        end as bigint) as months_until
    from markdown_plans
    inner join held on markdown_plans.item_id = held.item_id and markdown_plans.location_id = held.location_id
    inner join stock_positions
        on
            markdown_plans.item_id = stock_positions.item_id
            and markdown_plans.location_id = stock_positions.location_id
    where markdown_plans.is_best and markdown_plans.option <> 'hold'
),

stock_actions as (
    select
        item_id,
        location_id,
        case when option like 'mark down%' then 'mark down' else option end as action,
        case
            when option like 'mark down%' then quantity
            else cleared_quantity
        end as action_quantity,
        case
            when cut_rate > 0
                then {{ rounded_unit_value('unit_price / (1 - first_discount_rate) * (1 - cut_rate)') }}
        end as action_price,
        case
            when option like 'mark down%' then cost_value
            else {{ share_of_quantity('cost_value', 'cleared_quantity', 'quantity') }}
        end as at_stake_amount,
        gain_over_holding_amount as gain_amount,
        gain_over_holding_lower_amount as gain_lower_amount,
        gain_over_holding_upper_amount as gain_upper_amount,
        cash_released_amount,
        expected_write_down_amount as expected_loss_amount,
        case
            when months_until = 0
                then cast(valuation_date + cast({{ policy_constant('action_days') }} as integer) as date)
            else {{ month_end_after('valuation_date', 'months_until') }}
        end as deadline,
        case
            when option like 'mark down%'
                then {{ told_number('held_unsold_quantity') }} || ' of ' || {{ told_number('quantity') }}
                    || ' units are expected to be left after ' || horizon_months || ' months; '
                    || {{ told_number('100 * cut_rate') }} || ' % off'
                    || case when months_until = 0 then ' now' else ' from month ' || (months_until + 1) || ' on' end
                    || case
                        when first_discount_rate > 0 and last_discount_rate > first_discount_rate
                            then ', ' || {{ told_number('100 * last_discount_rate') }} || ' % in the end,'
                        else ''
                    end
                    || ' leaves ' || {{ told_number('expected_unsold_quantity') }} || '.'
            when option = 'clear'
                then 'Of ' || {{ told_number('quantity') }} || ' units '
                    || {{ told_number('held_unsold_quantity') }} || ' are expected to be left after ' || horizon_months
                    || ' months: ' || {{ told_number('cleared_quantity') }} || ' bring more today than held'
                    || case
                        when first_discount_rate > 0
                            then ', the rest at ' || {{ told_number('100 * first_discount_rate') }} || ' % off'
                        else ''
                    end
                    || case
                        when elasticity is null then '; how demand answers to a price is not known.' else '.'
                    end
            else 'The supplier takes ' || {{ told_number('cleared_quantity') }} || ' of '
                || {{ told_number('quantity') }} || ' units back for more than they are expected to bring.'
        end as reason
    from plans_staged
)

select * from stock_actions
