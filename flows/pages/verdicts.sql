-- What was decided on the flags of a case, by the rules as they are now.
select decided_on, indicator, subject_id, outcome, reason, readings_n
from v_verdict
join (select distinct indicator, subject_id from v_flag where case_id = $id) using (indicator, subject_id)
join (select code as indicator, rule_sha256 as version from v_indicator) using (indicator, version)
order by decided_on desc, indicator, subject_id
