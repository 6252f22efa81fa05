with recursive owners as (
    select j.title_id, j.party_id, j.party_statement_id, j.company_statement_id
    from judged j
    where not exists (select 1 from judged o where o.title_id = j.title_id and o.outcome <> 'hit')
),
-- The holdings around them, looked up once, not at every step.
step as materialized (
    select e.subject_id as at_id, e.party_id
    from graph_edge e
    where e.component_no in (
        select o.component_no from owners c join graph_edge o on o.subject_id = c.party_id
    )
),
-- The company and everybody above it whose interests are in the figure.
chain as (
    select o.party_id as subject_id, o.party_id as at_id, coalesce(w.closure_n <= 100, false) as is_followed
    from owners o
    left join graph_network w on w.subject_id = o.party_id
    union
    select c.subject_id, s.party_id, c.is_followed
    from chain c
    join step s on s.at_id = c.at_id
    where c.is_followed
),
-- The facts of each of these once, not for every title below it, so that DuckDB knows that they are few.
declared as materialized (
    select interest_id, subject_id
    from interest
    where is_open and subject_id in (select at_id from chain)
),
shown as materialized (
    select d.subject_id, f.role, f.statement_id, f.field
    from declared d
    join interest_fact f on f.interest_id = d.interest_id
),
above as (
    select o.title_id, c.at_id
    from owners o
    join chain c on c.subject_id = o.party_id and c.at_id <> o.party_id
),
nameless as materialized (
    select subject_id, statement_id from relationship where is_open and party_id is null
)
select
    title_id as subject_id, 'proprietor as the title names it' as role,
    party_statement_id as statement_id, 'entity_statement.name' as field
from owners
union all
select
    title_id, 'number as the title writes it', party_statement_id,
    'entity_statement.identifier_native'
from owners
union all
select title_id, 'company in its register', company_statement_id, 'entity_statement.name' from owners
union all
select
    o.title_id, 'more proprietors than are named', t.statement_id,
    'title_statement.additional_proprietors'
from owners o
join title t using (title_id)
union all
select o.title_id, w.role, w.statement_id, w.field
from owners o
join chain c on c.subject_id = o.party_id
join shown w on w.subject_id = c.at_id
union all
select
    o.title_id, 'declaration of the company', r.statement_id,
    'relationship_statement.declaration_code'
from owners o
join nameless r on r.subject_id = o.party_id
union all
select
    a.title_id, 'declaration of an entity above it', r.statement_id,
    'relationship_statement.declaration_code'
from above a
join nameless r on r.subject_id = a.at_id
