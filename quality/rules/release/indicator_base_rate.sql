-- indicator.base_rate is flagged of assessed
with
    rates as (
        select code, base_rate, n_flagged / nullif(n_flagged + n_not_flagged, 0) as rate
        from {batch}
    )
select code
from rates
where
    (base_rate is null) <> (rate is null)
    or abs(base_rate - rate) > 0.000000001
