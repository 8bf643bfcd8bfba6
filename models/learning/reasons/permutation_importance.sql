-- A gain counts if it stands clear of its noise: two standard errors over the held-out dates, and what the deals of
-- one date differ by. One date alone tells nothing of the noise between dates, so nothing is credited there.
with permutations as (
    select
        *,
        cast(error_increase as decimal(18, 9)) as increase,
        cast(repeat_deviation as decimal(18, 9)) as deviation
    from {{ ref('int_permutations') }}
),

measured as (
    select
        subject_type,
        subject,
        max(family) as family,
        max(model) as model,
        count(*) as origins,
        avg(increase) as error_increase,
        round(stddev_samp(increase) / sqrt(count(*)), 9) as standard_error,
        avg(deviation) as repeat_deviation
    from permutations
    group by subject_type, subject
),

permutation_importance as (
    select
        *,
        2 * greatest(standard_error, repeat_deviation / sqrt(origins)) as noise_band,
        coalesce(error_increase > 2 * greatest(standard_error, repeat_deviation / sqrt(origins)), false)
            as is_credited
    from measured
)

select * from permutation_importance
