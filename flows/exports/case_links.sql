select from_id, to_id, kind, certainty, statement_id
from v_case_link
where case_id = $case
order by from_id, to_id, kind
