-- The evidence of each flag of a case, in the order of its page.
select
    f.indicator, f.subject_id, e.role, e.register, e.edition, e.record, e.field, e.value, e.stale_since,
    e.file_sha256, e.statement_id, f.flag_id
from v_flag f
join v_evidence e using (flag_id)
where f.case_id = $case
order by f.indicator, f.subject_id, f.flag_id, e.position
