select
    code,
    {title},
    n_flagged as flagged,
    n_not_flagged as "not flagged",
    n_not_assessable as "not assessable",
    round(100 * base_rate, 2) as "base rate %"
from v_indicator
order by code
