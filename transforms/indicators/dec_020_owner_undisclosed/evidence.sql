with said as (
    select subject_id, statement_id
    from relationship
    where is_open and declaration_class = 'undisclosed' and subject_id is not null
)
select
    subject_id, 'statement' as role, statement_id, 'relationship_statement.declaration_code' as field
from said
union all
select
    subject_id, 'statement, reason by BODS', statement_id, 'relationship_statement.unspecified_reason'
from said
union all
select subject_id, 'statement, open since', statement_id, 'relationship_statement.valid_from'
from said
