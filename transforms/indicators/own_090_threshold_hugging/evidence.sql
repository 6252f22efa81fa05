with proof as (
    select distinct l.subject_id, i.interest_id
    from linked l
    join interest i on i.subject_id = l.subject_id and i.party_id = l.party_id
    where i.is_open and i.basis = 'shares' and i.share_min = i.share_max
)
select p.subject_id, f.role, f.statement_id, f.field
from proof p
join interest_fact f using (interest_id)
union all
select subject_id, 'board', statement_id, 'relationship_statement.subject_id'
from linked
where kind = 'officer'
union
select l.subject_id, 'officer of the holder', r.party_statement_id,
    case when r.party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from linked l
join relationship r using (statement_id)
where l.kind = 'officer'
union all
select subject_id, 'seat of the holder', statement_id, 'address_statement.address_text'
from linked
where kind = 'address'
