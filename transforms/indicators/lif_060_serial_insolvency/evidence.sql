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
)
select subject_id, 'insolvency' as role, statement_id, field from counted
union
select c.subject_id, 'interest of the controller', i.interest_id, 'interest_statement.native_code'
from (
    select subject_id, party_id, company_id from counted
    union
    select subject_id, party_id, subject_id from serial
) c
join interest i on i.party_id = c.party_id and i.subject_id = c.company_id
