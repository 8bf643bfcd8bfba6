-- A group's range rests on its own past months, held to the past of all groups as if six of its months had been like
-- theirs. Ranges of less than a hundredth tell nobody anything.
with group_months as (
    select * from {{ ref('int_group_months') }}
),

-- What the shares of the year before would make of this month's total.
expected_months as (
    select
        months.valuation_date,
        months.month_number,
        months.measure,
        months.dimension,
        months.member,
        cast(greatest(months.actual_amount, 0) as double) as actual_amount,
        coalesce(
            cast(months.expected_amount as double),
            months.total_amount * {{ ratio('greatest(before.actual_amount, 0)', 'before.total_amount') }}
        ) as expected_amount,
        cast(coalesce(months.total_expected_amount, months.total_amount) as double) as total_expected_amount
    from group_months as months
    left join group_months as before
        on
            months.measure = before.measure
            and months.dimension = before.dimension
            and months.member = before.member
            and months.month_number = before.month_number + 12
            and months.expected_amount is null
),

-- A twentieth on both sides, so that a group that sold nothing deviates by something finite. The smallest groups, under
-- a hundredth of the total, are left out, and the first half-year, in which a forecast knows next to nothing.
deviations as (
    select
        *,
        cast(round(
            ln((actual_amount + 0.05 * expected_amount) / (1.05 * expected_amount)), 6
        ) as decimal(18, 6)) as deviation
    from expected_months
    where expected_amount > 0 and expected_amount >= 0.01 * total_expected_amount and month_number > 6
),

months_of_all as (
    select
        measure,
        dimension,
        month_number,
        count(*) as group_count,
        sum(deviation) as deviation_sum,
        sum({{ squared('deviation') }}) as square_sum
    from deviations
    group by measure, dimension, month_number
),

past_of_all as (
    select
        measure,
        dimension,
        month_number,
        {%- for column in ['group_count', 'deviation_sum', 'square_sum'] %}
        cast({{ rolling_sum(column, none, 1, 'measure, dimension') }} as double) as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from months_of_all
),

own_pasts as (
    select
        *,
        count(*) over own_past as own_count,
        cast(coalesce(sum(deviation) over own_past, 0) as double) as own_sum,
        cast(coalesce(sum({{ squared('deviation') }}) over own_past, 0) as double) as own_square_sum
    from deviations
    window own_past as ({{ month_frame(none, 1, 'measure, dimension, member') }})
),

centred as (
    select
        own_pasts.*,
        past_of_all.square_sum / past_of_all.group_count
        - power(past_of_all.deviation_sum / past_of_all.group_count, 2) as variance_of_all,
        (own_pasts.own_sum + 6 * past_of_all.deviation_sum / past_of_all.group_count)
        / (own_pasts.own_count + 6) as centre
    from own_pasts
    inner join past_of_all
        on
            own_pasts.measure = past_of_all.measure
            and own_pasts.dimension = past_of_all.dimension
            and own_pasts.month_number = past_of_all.month_number
    where past_of_all.group_count >= 12
),

-- Four months in five lie within 1.2816 standard deviations.
ranged as (
    select
        *,
        1.2816 * sqrt(greatest(0.0001, (
            own_square_sum - 2 * centre * own_sum + own_count * centre * centre + 6 * variance_of_all
        ) / (own_count + 6))) as reach
    from centred
),

group_ranges as (
    select
        valuation_date,
        month_number,
        measure,
        dimension,
        member,
        actual_amount,
        expected_amount,
        actual_amount / expected_amount - 1 as deviation_rate,
        {%- for bound, sign in {'lower': '-', 'upper': '+'}.items() %}
        1.05 * exp(centre {{ sign }} reach) - 1.05 as {{ bound }}_rate,
        {%- endfor %}
        round((cast(deviation as double) - centre) / reach, 6) as distance
    from ranged
)

select * from group_ranges
