select a.*, coalesce(r.title, a.register) as title
from v_alarm a
left join v_register r using (register)
order by title, dataset, kind
