with nobody as (
    select subject_id, statement_id
    from relationship
    where is_open
        and declaration_class = 'no_owner'
        and subject_id is not null
        and date_diff('day', valid_from, $as_of) >= 1
),
somebody as (
    select r.subject_id, r.statement_id, r.party_kind, r.party_statement_id
    from relationship r
    where r.is_open
        and not r.is_office
        and (r.party_id is not null or r.declaration_class = 'protected')
        and r.subject_id in (select subject_id from nobody)
        and date_diff('day', r.valid_from, $as_of) >= 1
)
select
    subject_id, 'statement that nobody has control' as role, statement_id,
    'relationship_statement.declaration_code' as field
from nobody
union all
select subject_id, 'statement, open since', statement_id, 'relationship_statement.valid_from'
from nobody
union all
select subject_id, 'owner beside it, since', statement_id, 'relationship_statement.valid_from'
from somebody
union all
select subject_id, 'kind of that owner', statement_id, 'relationship_statement.party_kind'
from somebody
union all
select subject_id, 'name of that owner', party_statement_id, 'entity_statement.name'
from somebody
where party_kind = 'entity'
union all
select subject_id, 'name of that owner', party_statement_id, 'person_statement.full_name'
from somebody
where party_kind = 'person'
