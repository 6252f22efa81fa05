-- Boards and owners that were all replaced in the days before the first insolvency: everybody who was there
-- at their start left, and somebody else came.
with held as (
    select company_id, 'directors' as part, party_id, from_on, to_on, officer_id as interest_id, statement_id
    from officer
    where role <> 'seniorManagingOfficial' and party_id is not null
    union all
    select i.subject_id, 'owners', i.party_id, i.valid_from, i.valid_to, i.interest_id, i.statement_id
    from interest i
    join relationship r on r.statement_id = i.statement_id
    where not r.is_office
),
placed as (
    select
        h.*,
        o.insolvent_on,
        coalesce(date_diff('day', h.from_on, o.insolvent_on) > $days, true)
            and coalesce(date_diff('day', h.to_on, o.insolvent_on) <= $days, true) as was_there,
        date_diff('day', h.to_on, o.insolvent_on) between 0 and $days as has_left,
        date_diff('day', h.from_on, o.insolvent_on) between 0 and $days as is_new
    from insolvent_company o
    join held h on h.company_id = o.company_id
    where o.insolvent_on is not null
),
old as (
    select company_id, part, insolvent_on, max(to_on) as left_on
    from placed
    where was_there
    group by company_id, part, insolvent_on
    having count(*) = count(*) filter (where has_left)
)
select
    o.company_id,
    o.part,
    o.left_on,
    date_diff('day', o.left_on, o.insolvent_on) as days_n
from old o
where exists (
    select 1
    from placed n
    where n.company_id = o.company_id
        and n.part = o.part
        and n.is_new
        and not exists (
            select 1
            from placed p
            where p.company_id = n.company_id and p.part = n.part and p.was_there and p.party_id = n.party_id
        )
)
