-- Officers with an entry in the register of disqualified directors. They are the same person only by the
-- register's own number of the person, or by a reviewer's judgement.
with judged as (
    select statement_id from resolution where method = 'judgement'
),
entry as (
    select
        o.company_id,
        o.party_id,
        o.is_open and d.is_open as is_open,
        o.statement_id as office_id,
        r.party_kind,
        r.party_statement_id,
        d.party_statement_id as listed_statement_id,
        d.statement_id,
        d.valid_to,
        d.person_number is not null
            and contains(o.record, concat_ws('', '/appointments/', d.person_number))
            or r.party_statement_id in (select statement_id from judged)
            or d.party_statement_id in (select statement_id from judged) as is_certain
    from officer o
    join relationship r on r.statement_id = o.statement_id
    join disqualification d on d.party_id = o.party_id and d.kind = 'disqualified'
),
concerned as (
    select * from company where is_active and company_id in (select company_id from entry)
),
named as (
    select company_id, name from concerned
    union
    select company_id, unnest(former_names) from concerned
),
permitted as (
    select distinct n.company_id, p.party_statement_id
    from disqualification p
    join named n on business_name(n.name) = business_name(p.company_name)
    where p.kind = 'permitted' and p.is_open
)
select
    e.*,
    e.is_open and p.company_id is null as is_barred
from entry e
join concerned c on c.company_id = e.company_id
left join permitted p
    on p.company_id = e.company_id and p.party_statement_id = e.listed_statement_id
