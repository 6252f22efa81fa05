-- Cases with a flag that cannot wait, and in how many working days each is due: a payment into a changed
-- account is stopped on the day, and whether a candidate for a list that may forbid what is asked, or bar
-- from a contract, is the one listed is looked up by the next (lane act).
select case_id, min(case when indicator = 'PUB-180' then 0 else 1 end) as urgent_days
from v_flag
where
    case_id is not null
    and state = 'flagged'
    and lane = 'act'
    and (indicator = 'PUB-180' or subtype = 'candidate')
group by case_id
order by case_id
