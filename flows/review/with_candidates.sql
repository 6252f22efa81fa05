-- Cases with a candidate for a list that may forbid what is asked, or bar from a contract: lane act.
select distinct case_id
from v_flag
where case_id is not null and state = 'flagged' and subtype = 'candidate' and lane = 'act'
order by case_id
