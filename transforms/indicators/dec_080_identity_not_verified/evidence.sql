with overdue as (
    select * from roles where outcome = 'overdue'
)
select
    subject_id, 'verification due on' as role, statement_id,
    'relationship_statement.verification_due_on' as field
from overdue
union all
select subject_id, 'in the role since', statement_id, 'relationship_statement.valid_from'
from overdue
union all
select subject_id, 'verification removed on', statement_id, 'relationship_statement.verification_ended_on'
from overdue
where verification_ended_on is not null
union all
select subject_id, 'owner or director', party_statement_id, 'person_statement.full_name'
from overdue
