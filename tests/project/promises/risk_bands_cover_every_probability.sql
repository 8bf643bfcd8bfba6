-- A band ends where the next begins: those of all stock, and those of a segment, begin at 0 and apart from each other.
with risk_bands as (
    select * from policy.risk_bands
),

keys as (
    select segment from risk_bands
    union
    select null as segment
)

select
    keys.segment,
    count(risk_bands.risk_band) as bands
from keys
left join risk_bands on coalesce(keys.segment, '') = coalesce(risk_bands.segment, '')
group by keys.segment
having
    coalesce(min(risk_bands.from_probability) <> 0, true)
    or max(risk_bands.from_probability) >= 1
    or count(distinct risk_bands.from_probability) < count(*)
    or count(distinct risk_bands.risk_band) < count(*)
