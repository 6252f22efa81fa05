with told as (
    select * from barred where is_barred and is_certain
)
select
    company_id as subject_id, 'in office since' as role, office_id as statement_id,
    'relationship_statement.valid_from' as field
from told
union all
select
    company_id, 'officer', party_statement_id,
    case when party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from told
union all
select
    company_id, 'as the register of disqualifications names it', listed_statement_id,
    case when party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from told
union all
select company_id, 'disqualified from', statement_id, 'disqualification_statement.valid_from' from told
union all
select company_id, 'disqualified until', statement_id, 'disqualification_statement.valid_to' from told
