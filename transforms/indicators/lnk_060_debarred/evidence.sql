with named as (
    select distinct c.subject_id, c.party_id, c.link, d.is_candidate
    from tied c
    join debarred d on d.party_id = c.party_id
),
certain as (
    select distinct subject_id from named where not is_candidate
),
-- A candidate proves nothing if the flag rests on a listed party.
hits as (
    select n.subject_id, n.party_id, n.link
    from named n
    left join certain c on c.subject_id = n.subject_id
    where c.subject_id is null or not n.is_candidate
),
held as (
    select
        subject_id,
        case when link = 'subsidiary' then party_id else subject_id end as held_id,
        case when link = 'subsidiary' then subject_id else party_id end as holder_id
    from hits
    where link in ('controller', 'owner', 'subsidiary')
),
control as (
    select subject_id, party_id from graph_control where verdict = 'CERTAIN' and kind = 'control'
),
-- The holders between the two, where one controls the other through them.
rung as (
    select subject_id, held_id, holder_id, held_id as step_id from held
    union
    select x.subject_id, x.held_id, x.holder_id, h.party_id
    from held x
    join control h on h.subject_id = x.held_id
    join control t on t.subject_id = h.party_id and t.party_id = x.holder_id
),
tie as (
    select subject_id, step_id, holder_id as above_id from rung
    union
    select r.subject_id, r.step_id, o.step_id
    from rung r
    join rung o on o.subject_id = r.subject_id and o.held_id = r.held_id and o.holder_id = r.holder_id
),
seat as (
    select h.subject_id, o.statement_id, r.party_kind, r.party_statement_id
    from hits h
    join officer o
        on h.link = 'director'
        and o.company_id = h.subject_id
        and o.party_id = h.party_id
        and o.is_open
        and o.role <> 'seniorManagingOfficial'
    join relationship r on r.statement_id = o.statement_id
)
select h.subject_id, f.role, f.statement_id, f.field
from hits h
join listing_fact f on f.party_id = h.party_id and f.listing_class = 'debarment'
union
select x.subject_id, f.role, f.statement_id, f.field
from tie x
join graph_edge e on e.subject_id = x.step_id and e.party_id = x.above_id
join interest_fact f on f.interest_id = e.interest_id
union
select subject_id, 'director', statement_id, 'relationship_statement.valid_from' from seat
union
select
    subject_id, 'officer', party_statement_id,
    case when party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from seat
