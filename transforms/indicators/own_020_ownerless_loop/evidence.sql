with own_record as materialized (
    select subject_id, party_id, is_office, statement_id, party_statement_id
    from relationship
    where is_open and subject_id in (select subject_id from graph_scc)
),
linked as (
    select
        s.scc_id, s.subject_id, r.statement_id, r.party_statement_id,
        row_number() over (partition by s.scc_id order by s.subject_id, r.statement_id) as link_no
    from graph_scc s
    join own_record r on r.subject_id = s.subject_id and not r.is_office
    join inside i on i.scc_id = s.scc_id and i.party_id = r.party_id
),
-- All members count, so the evidence is the links of all of them.
own as (
    select subject_id, statement_id, party_statement_id from linked
    union
    select s.subject_id, l.statement_id, l.party_statement_id
    from graph_scc s
    join linked l on l.scc_id = s.scc_id and l.link_no <= 100
)
select
    subject_id, 'held from inside the set' as role, statement_id,
    'relationship_statement.subject_id' as field
from own
union all
select o.subject_id, 'holder inside the set', o.party_statement_id, 'entity_statement.name'
from own o
union all
select
    o.subject_id, 'number of that holder', o.party_statement_id, 'entity_statement.identifier_native'
from own o
union all
select o.subject_id, 'least share', i.interest_id, 'interest_statement.share_min'
from own o
join interest i using (statement_id)
where i.is_open and i.basis = 'shares' and i.share_fault is null and i.share_min is not null
union all
select
    c.subject_id,
    concat_ws(' ', 'step of the ring', cast(c.position as varchar)),
    c.statement_id,
    'relationship_statement.subject_id'
from graph_cycle c
where c.position <= 100
union all
select
    r.subject_id, 'statement that names nobody', r.statement_id,
    'relationship_statement.declaration_code'
from own_record r
join graph_scc s on s.subject_id = r.subject_id
where r.party_id is null
