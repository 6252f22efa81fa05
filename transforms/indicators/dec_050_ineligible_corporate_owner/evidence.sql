with foreigners as (
    select * from declared where outcome = 'foreign'
)
select subject_id, 'owner' as role, party_statement_id as statement_id, 'entity_statement.name' as field
from foreigners
union all
select subject_id, 'country of the owner', party_statement_id, 'entity_statement.jurisdiction'
from foreigners
union all
select subject_id, 'declared since', statement_id, 'relationship_statement.valid_from'
from foreigners
