select indicator, reason, count(*) as rows_n
from v_flag
where state = 'not_assessable' and {in_area}
group by indicator, reason
order by indicator, rows_n desc, reason nulls first
