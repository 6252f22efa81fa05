with
-- The birth itself is never shown.
wrong as (
    select * from judged where oldest < 12 * $under or youngest >= 12 * $over
)
select subject_id, 'notified on' as role, statement_id, 'relationship_statement.valid_from' as field
from wrong
union all
select subject_id, 'owner', party_statement_id, 'person_statement.full_name'
from wrong
