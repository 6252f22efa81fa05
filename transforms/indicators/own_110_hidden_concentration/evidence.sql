with proof as (
    select distinct h.subject_id, i.interest_id
    from hidden h
    join interest i
        on i.subject_id = h.held_id and i.party_id = h.holder_id and i.is_open and i.basis = 'shares'
)
select p.subject_id, f.role, f.statement_id, f.field
from proof p
join interest_fact f using (interest_id)
