-- The facts that an indicator gives as evidence for its flags: indicator, flag_id, role, statement_id, field.
-- Python fills in the indicator's query and, if that returns `subtype`, the condition on it. `flagged_now`:
-- flag_id, subject_id, subtype.
select distinct $code as indicator, f.flag_id, e.role, e.statement_id, e.field
from ({evidence}) e
join flagged_now f on f.subject_id = e.subject_id and {is_same_subtype}
