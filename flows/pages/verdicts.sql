-- What was decided on the flags of cases, by the rules as they are now.
with mine as (
    select distinct case_id, indicator, subject_id
    from flag
    where rowid in (from rows_of('flag.case_id', $ids))
)
select m.case_id, v.decided_on, v.indicator, v.subject_id, v.outcome, v.reason, v.readings_n
from v_verdict v
join mine m using (indicator, subject_id)
join (select code as indicator, rule_sha256 as version from v_indicator) using (indicator, version)
order by v.decided_on desc, v.indicator, v.subject_id
