-- Alarms of the release in force, without their messages, which may name a file.
select a.register, a.dataset, a.kind, a.since, a.nights_n, coalesce(r.title, a.register) as title
from v_alarm a
left join v_register r using (register)
where (select known_at from v_release) is null
order by title, kind, a.since, a.dataset
