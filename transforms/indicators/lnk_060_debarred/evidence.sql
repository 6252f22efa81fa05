with hits as (
    select distinct c.subject_id, c.party_id, c.link
    from tied c
    join debarred d on d.party_id = c.party_id
)
select h.subject_id, f.role, f.statement_id, f.field
from hits h
join listing_fact f on f.party_id = h.party_id and f.listing_class = 'debarment'
union
select h.subject_id, f.role, f.statement_id, f.field
from hits h
join graph_edge e
    on e.subject_id = case when h.link = 'subsidiary' then h.party_id else h.subject_id end
    and e.party_id = case when h.link = 'subsidiary' then h.subject_id else h.party_id end
join interest_fact f on f.interest_id = e.interest_id
where h.link in ('controller', 'owner', 'subsidiary')
union
select h.subject_id, 'director', o.statement_id, 'relationship_statement.valid_from'
from hits h
join officer o
    on h.link = 'director'
    and o.company_id = h.subject_id
    and o.party_id = h.party_id
    and o.is_open
    and o.role <> 'seniorManagingOfficial'
