with serial as (
    select p.company_id as subject_id, m.party_id, m.from_on, m.to_on
    from control_period p
    join most m on m.party_id = p.party_id
    where p.to_on is null and m.insolvent_n >= $n
),
counted as (
    select s.subject_id, s.party_id, i.company_id, i.statement_id, i.field
    from serial s
    join insolvency_of i
        on i.party_id = s.party_id
        and i.insolvent_on between s.from_on and s.to_on
),
controlled as (
    select subject_id, party_id, company_id from counted
    union
    select subject_id, party_id, subject_id from serial
),
-- The holders between each of them and the controller.
rung as (
    select subject_id, party_id, company_id, company_id as held_id from controlled
    union
    select c.subject_id, c.party_id, h.company_id, h.party_id
    from controlled c
    join control_period h on h.company_id = c.company_id
    join control_period t on t.company_id = h.party_id and t.party_id = c.party_id
),
around as materialized (
    select interest_id, statement_id, subject_id, party_id
    from interest
    where subject_id in (select held_id from rung)
),
told as (
    select r.subject_id, 'interest of the controller' as role, i.interest_id, i.statement_id
    from rung r
    join around i on i.party_id = r.party_id and i.subject_id = r.held_id
    union
    select r.subject_id, 'interest below the controller', i.interest_id, i.statement_id
    from rung r
    join rung o on o.subject_id = r.subject_id and o.party_id = r.party_id and o.company_id = r.company_id
    join around i on i.party_id = o.held_id and i.subject_id = r.held_id
)
select subject_id, 'insolvency' as role, statement_id, field from counted
union
select subject_id, role, interest_id, 'interest_statement.native_code' from told
union
select
    t.subject_id, 'whose interest it is', r.party_statement_id,
    case when r.party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from told t
join relationship r using (statement_id)
