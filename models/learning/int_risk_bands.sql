-- A segment that the seed names has its own bands alone; all others share the general ones.
with risk_bands as (
    select * from {{ ref('risk_bands') }}
),

segments as (
    select distinct segment from {{ ref('segments') }}
),

named_segments as (
    select distinct segment from risk_bands
    where segment is not null
),

segment_bands as (
    select
        segments.segment,
        risk_bands.risk_band,
        risk_bands.from_probability,
        lead(risk_bands.from_probability) over (
            partition by segments.segment order by risk_bands.from_probability
        ) as to_probability
    from segments
    left join named_segments on segments.segment = named_segments.segment
    inner join risk_bands on coalesce(named_segments.segment, '') = coalesce(risk_bands.segment, '')
)

select * from segment_bands
