with recursive declaring as (
    select subject_id from mark where mark = 'declares_owners'
),
-- The holdings around rings, looked up once, not at every step.
around as materialized (
    select e.subject_id, e.party_id
    from graph_edge e
    where e.component_no in (
        select o.component_no from graph_scc m join graph_edge o on o.subject_id = m.subject_id
    )
),
-- Rings at the top with a member whose holders no held register lists, and what is below them.
loose as (
    select m.scc_id, min(m.subject_id) as first_id, max(m.subject_id) as last_id
    from graph_scc m
    left join declaring k on k.subject_id = m.subject_id
    where k.subject_id is null
        and not exists (
            select 1 from graph_scc s
            join around e on e.subject_id = s.subject_id
            left join graph_scc o on o.subject_id = e.party_id and o.scc_id = s.scc_id
            where s.scc_id = m.scc_id and o.subject_id is null
        )
    group by m.scc_id
),
below as (
    select s.subject_id, l.first_id, l.last_id from graph_scc s join loose l using (scc_id)
    union
    select e.subject_id, b.first_id, b.last_id
    from below b
    join around e on e.party_id = b.subject_id
),
in_ring as (
    select
        subject_id,
        min(case when first_id <> subject_id then first_id else last_id end) as member_id
    from below
    where first_id <> subject_id or last_id <> subject_id
    group by subject_id
),
judged as (
    select
        c.subject_id,
        n.subject_id is not null and p.entity_id is null as is_hit,
        case
            when h.subject_id is not null then 'right_not_known'
            when not coalesce(tops.all_tops, false) or ring.subject_id is not null then
                case
                    when e.jurisdiction is not null
                        and split_part(e.jurisdiction, '-', 1) not in (
                            select country from home_country
                        ) then 'foreign_register_not_held'
                    when starts_with(above.gap, 'not_published:') then above.gap
                    when k.must_declare_owners and k.is_active then 'top_not_in_edition'
                    when k.must_declare_owners then 'top_not_active'
                    when e.in_register then 'top_need_not_declare'
                    when e.entity_id not like 'UT-%' then 'top_not_in_register'
                    else 'top_not_identified'
                end
            when coalesce(g.gap, g.companies_gap) is not null then coalesce(g.gap, g.companies_gap)
            when j.subject_id is not null then concat_ws('', 'rejected:', g.register)
        end as gap,
        w.closure_entities_n,
        t.nearest_id as undisclosed_id
    from owned_entity c
    left join company own on own.company_id = c.subject_id
    left join ownership_gap g on g.territory = coalesce(own.territory, 'elsewhere')
    left join no_person n on n.subject_id = c.subject_id
    left join exempt p on p.entity_id = c.subject_id
    left join marked h on h.subject_id = c.subject_id and h.mark = 'right_not_known'
    left join graph_network w on w.subject_id = c.subject_id
    left join graph_reach tops on tops.subject_id = c.subject_id and tops.mark = 'declares_owners'
    left join graph_reach elsewhere
        on elsewhere.subject_id = c.subject_id and elsewhere.mark = 'top_elsewhere'
    left join in_ring ring on ring.subject_id = c.subject_id
    left join entity e on e.entity_id = coalesce(elsewhere.nearest_id, ring.member_id)
    left join company k on k.company_id = e.entity_id
    left join ownership_gap above on above.territory = k.territory
    left join graph_reach j on j.subject_id = c.subject_id and j.mark = 'owners_record_rejected'
    left join graph_reach t on t.subject_id = c.subject_id and t.mark = 'owner_undisclosed'
)
select
    subject_id,
    case
        when not is_hit then 'not_flagged'
        when gap is not null then 'not_assessable'
        else 'flagged'
    end as state,
    case when is_hit then gap end as reason,
    case when is_hit and gap is null then 'no_person' end as subtype,
    case when is_hit then closure_entities_n end as value,
    'entities' as unit,
    case when closure_entities_n = 1 then 'entity' else 'entities' end as entities_word,
    case
        when undisclosed_id is null then ''
        else ', and one of these says that an owner exists who is not identified or confirmed'
    end as undisclosed_words
from judged
