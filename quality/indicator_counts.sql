select
    i.code as indicator,
    i.subject_type,
    i.n_flagged + coalesce(d.flagged_n, 0) as n_flagged,
    i.n_not_flagged + coalesce(d.not_flagged_n, 0) as n_not_flagged,
    i.n_not_assessable + coalesce(d.not_assessable_n, 0) as n_not_assessable
from v_indicator i
left join (
    select
        indicator,
        cast(sum(flagged_n) as bigint) as flagged_n,
        cast(sum(not_flagged_n) as bigint) as not_flagged_n,
        cast(sum(not_assessable_n) as bigint) as not_assessable_n
    from v_dwelling
    group by indicator
) d on d.indicator = i.code
order by i.code
