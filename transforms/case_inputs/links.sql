-- Links that may join two subjects, from -> to. Public, exempt and listed entities join nobody, because half
-- a country belongs to them. An address unit joins only if it is ordinary (not an agent, business centre,
-- practitioner, default or mass address) and is the seat of few entities.
with flagged as (
    select distinct subject_id from flag where state = 'flagged'
),
barred as (
    select entity_id from exempt
    union
    select entity_id from entity where is_listed or entity_type in ('state', 'stateBody')
),
seats as (
    select address_id, count(*) as seats_n from company where address_id is not null group by address_id
),
units as (
    select title_id, property_id, min(statement_id) as statement_id
    from title_address
    where property_id is not null
    group by title_id, property_id
),
-- Titles that a flag is about: the title itself, its property, or a sale of it. Only for these does a former
-- proprietor join anybody.
told as (
    select subject_id as title_id from flagged where subject_id in (select title_id from title)
    union
    select u.title_id from units u join flagged f on f.subject_id = u.property_id
    union
    select u.title_id
    from units u
    join "transaction" x on x.property_id = u.property_id
    join flagged f on f.subject_id = x.transaction_id
),
found as (
    select
        e.party_id as from_id,
        e.subject_id as to_id,
        case when e.basis in (
            'shares', 'votes', 'surplus_assets'
        ) then 'ownership' else 'control' end as kind,
        case
            when e.basis = 'board'
                or (e.basis in ('shares', 'votes', 'surplus_assets') and e.share_min > 0) then 'certain'
            else 'possible'
        end as certainty,
        e.statement_id
    from graph_edge e
    union all
    select
        p.party_id,
        p.title_id,
        'property',
        case when p.ended_on is null then 'certain' else 'possible' end,
        p.statement_id
    from proprietorship p
    where p.ended_on is null or p.title_id in (select title_id from told)
    union all
    select title_id, property_id, 'property', 'certain', statement_id
    from units
    union all
    select x.property_id, x.transaction_id, 'property', 'certain', x.address_statement_id
    from "transaction" x
    join flagged f on f.subject_id = x.transaction_id
    where x.property_id is not null
    union all
    select c.company_id, c.address_id, 'address', 'certain', c.address_statement_id
    from company c
    join address a on a.address_id = c.address_id
    join seats s on s.address_id = c.address_id
    where a.address_class = 'ordinary' and s.seats_n <= $seats_max
    union all
    -- Permit applicants at flagged premises, and their financiers, except banks and public bodies.
    select p.party_id, p.premises_id, 'permit', 'certain', min(p.statement_id)
    from (
        select applicant_id as party_id, premises_id, statement_id from permit
        union all
        select financier_id, premises_id, statement_id
        from permit
        where coalesce(financier_kind, '') not in ('conduit', 'public')
    ) p
    join flagged f on f.subject_id = p.premises_id
    where p.party_id in (select entity_id from entity union all select person_id from person)
    group by p.party_id, p.premises_id
    union all
    -- Who bid for or won a process with a flag of lane stop or act; a process with look flags only joins
    -- nobody.
    select b.party_id, b.process_id, 'award', 'certain', min(b.statement_id)
    from (
        select bidder_id as party_id, process_id, statement_id
        from bid
        where status in ('pending', 'valid', 'disqualified')
        union all
        select supplier_id, process_id, statement_id from award where status = 'active'
    ) b
    where b.party_id in (select entity_id from entity)
        and b.process_id in (
            select subject_id from flag where state = 'flagged' and lane in ('stop', 'act')
        )
    group by b.party_id, b.process_id
    union all
    select distinct g.controller_id, g.control_group_id, 'control', 'certain', cast(null as varchar)
    from graph_control_group g
    join flagged f on f.subject_id = g.control_group_id
    union all
    -- The entities that pay or are paid in a flagged pattern, each with its first payment there.
    select party_id, pattern_id, 'money', 'certain', min(statement_id)
    from (
        select m.pattern_id, w.payer_id as party_id, w.statement_id
        from flow_pattern_member m
        join flagged f on f.subject_id = m.pattern_id
        join flow w using (flow_id)
        union all
        select m.pattern_id, w.payee_id, w.statement_id
        from flow_pattern_member m
        join flagged f on f.subject_id = m.pattern_id
        join flow w using (flow_id)
    )
    where party_id in (select entity_id from entity)
    group by party_id, pattern_id
)
select from_id, to_id, kind, certainty, statement_id
from found
where from_id <> to_id
    and from_id not in (select entity_id from barred)
    and to_id not in (select entity_id from barred)
order by from_id, to_id, kind, certainty, statement_id
