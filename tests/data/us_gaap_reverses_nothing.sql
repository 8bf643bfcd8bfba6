-- ASC 330-10-35-14; ASC 270-10-45-6 lets interim write-downs recover where the policy says so.
select *
from {{ ref('reserve_rollforward') }}
where
    framework = 'us_gaap'
    {% if var('interim_recoveries') -%}
    and recoverable_amount < 0
    {%- else -%}
    and (reversal_amount <> 0 or recoverable_amount <> 0)
    {%- endif %}
