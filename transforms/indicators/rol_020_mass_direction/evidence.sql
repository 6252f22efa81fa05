with flagged as (
    select * from counted where entities_n > $n
),
seats as (
    select d.directed_set_id, d.statement_id, c.statement_id as entity_statement_id, r.party_kind,
        r.party_statement_id
    from directed_set d
    join flagged f on f.directed_set_id = d.directed_set_id
    join company c on c.company_id = d.subject_id
    join relationship r on r.statement_id = d.statement_id
)
select
    directed_set_id as subject_id, 'board' as role, statement_id,
    'relationship_statement.subject_id' as field
from seats
union all
select directed_set_id, 'status of an entity directed', entity_statement_id, 'entity_statement.status'
from seats
union all
select
    directed_set_id, 'director', party_statement_id,
    case when party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from seats
