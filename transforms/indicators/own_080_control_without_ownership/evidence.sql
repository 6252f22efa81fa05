with recursive controlled as (
    select subject_id, party_id from separated where first_row = 1
),
-- Holdings in an entity of other entities that the same controller certainly controls: looked up once, not at
-- every step.
step as materialized (
    select distinct c.party_id, i.subject_id as at_id, i.party_id as next_id
    from graph_control c
    join interest i on i.party_id = c.subject_id and i.is_open and i.basis in ('shares', 'votes', 'board')
    where c.verdict = 'CERTAIN' and c.party_id in (select party_id from controlled)
),
-- From the entity upward, through all other entities that the controller certainly controls.
ties as (
    select subject_id, party_id, subject_id as at_id from controlled
    union
    select t.subject_id, t.party_id, s.next_id
    from ties t
    join step s on s.party_id = t.party_id and s.at_id = t.at_id
),
-- The holdings in the entity and in these, looked up once.
near as materialized (
    select interest_id, subject_id, party_id, basis
    from interest
    where is_open
        and basis in ('shares', 'votes', 'board')
        and subject_id in (select at_id from ties)
),
proof as (
    select
        t.subject_id,
        i.interest_id,
        row_number() over (partition by t.subject_id order by i.interest_id) as nth
    from ties t
    join near i on i.subject_id = t.at_id
    left join ties o
        on o.subject_id = t.subject_id and o.party_id = t.party_id and o.at_id = i.party_id
    where i.party_id = t.party_id or o.at_id is not null
)
select p.subject_id, concat_ws(', ', 'control', f.role) as role, f.statement_id, f.field
from proof p
join interest_fact f using (interest_id)
where p.nth <= 100
union all
select c.subject_id, 'shares of others', i.interest_id, 'interest_statement.native_code'
from controlled c
join near i on i.subject_id = c.subject_id and i.basis = 'shares'
where i.interest_id not in (select interest_id from proof)
union all
select c.subject_id, 'form of the entity', k.statement_id, 'entity_statement.legal_form_class'
from controlled c
join company k on k.company_id = c.subject_id
