-- Boards and owners that were completely replaced in the days before the first insolvency: everybody who was
-- there at the beginning of that period left, and somebody else came.
with held as (
    select company_id, 'directors' as part, party_id, from_on, to_on, officer_id as record_id
    from officer
    where role <> 'seniorManagingOfficial' and party_id is not null
    union all
    select i.subject_id, 'owners', i.party_id, i.valid_from, i.valid_to, i.interest_id
    from interest i
    join relationship r on r.statement_id = i.statement_id
    where not r.is_office
),
placed as (
    select
        h.company_id,
        h.part,
        coalesce(h.party_id, h.record_id) as party_key,
        h.to_on,
        o.insolvent_on,
        coalesce(date_diff('day', h.from_on, o.insolvent_on) > $days, true)
            and coalesce(date_diff('day', h.to_on, o.insolvent_on) <= $days, true) as was_there,
        coalesce(h.from_on <= o.insolvent_on, true) and coalesce(h.to_on > o.insolvent_on, true) as stayed,
        date_diff('day', h.from_on, o.insolvent_on) between 0 and $days as is_new
    from insolvent_company o
    join held h on h.company_id = o.company_id
    where o.insolvent_on is not null
),
-- Several records of one party are one: a party that left by one record and stayed by another has stayed.
party as (
    select
        company_id,
        part,
        insolvent_on,
        party_key,
        bool_or(was_there) as was_there,
        bool_or(stayed) as stayed,
        coalesce(bool_or(is_new), false) as is_new,
        max(to_on) filter (where to_on <= insolvent_on) as left_on
    from placed
    group by company_id, part, insolvent_on, party_key
),
old as (
    select company_id, part, insolvent_on, max(left_on) as left_on
    from party
    where was_there
    group by company_id, part, insolvent_on
    having not bool_or(stayed)
)
select
    o.company_id,
    o.part,
    o.left_on,
    date_diff('day', o.left_on, o.insolvent_on) as days_n
from old o
where exists (
    select 1
    from party n
    where n.company_id = o.company_id and n.part = o.part and n.is_new and not n.was_there
)
