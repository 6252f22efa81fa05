-- Precision of each indicator's rule as it is now, where the sample has any case of it.
select i.code, i.rule_sha256 as version, p.reviewed_n, p.confirmed_n, p.cannot_judge_n, p.low, p.high
from v_indicator i
join v_precision p on p.indicator = i.code and p.version = i.rule_sha256
order by i.code
