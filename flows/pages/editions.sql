-- Every edition: those in force first, then blocked ones, newest first. `adds_up`: in = loaded + rejected +
-- ignored.
select
    e.*,
    coalesce(r.title, e.register) as title,
    r.cadence,
    date_diff('day', e.edition_date, (select max(as_of) from v_release)) as age_days,
    e.status in ('in_force', 'blocked') as is_current,
    e.status = 'blocked' or e.rows_in = e.rows_loaded + e.rows_rejected + e.rows_ignored as adds_up
from v_edition e
left join v_register r on r.register = e.register
order by
    title, e.register, e.dataset, e.status = 'in_force' desc, e.status = 'blocked' desc,
    e.edition_date desc nulls last, e.edition, e.file_sha256
