select
    e.register,
    coalesce(r.title, e.register) as title,
    e.dataset,
    e.edition,
    e.edition_date,
    e.status,
    e.completeness,
    e.completeness_reason,
    e.rows_loaded,
    e.rows_rejected,
    e.stale_since,
    e.blocked_code,
    e.file_sha256
from v_edition e
left join v_register r on r.register = e.register
where e.status in ('in_force', 'blocked')
order by e.register, e.dataset, e.status desc, e.edition, e.file_sha256
