with accounted_for as (
    select distinct i.scc_id
    from inside i
    join relationship r on r.subject_id = i.party_id and r.is_open and not r.is_office
    left join inside other on other.scc_id = i.scc_id and other.party_id = r.party_id
    where other.party_id is null
        and (
            r.party_id is not null
            or coalesce(r.declaration_class, 'unknown') not in ('no_owner', 'neutral')
        )
    union
    select i.scc_id from inside i join entity e on e.entity_id = i.party_id where e.is_listed
),
rejected as (
    select m.scc_id
    from graph_scc m
    join mark p on p.subject_id = m.subject_id and p.mark = 'owners_record_rejected'
),
declaring as (
    select subject_id from mark where mark = 'declares_owners'
),
-- Sets with a member whose holders no held register would list.
loose as (
    select m.scc_id, min(m.subject_id) as member_id
    from graph_scc m
    left join declaring d on d.subject_id = m.subject_id
    where d.subject_id is null
    group by m.scc_id
),
gaps as (
    select
        l.scc_id,
        case
            when e.jurisdiction is not null
                and split_part(e.jurisdiction, '-', 1) not in (
                    select country from home_country
                ) then 'foreign_register_not_held'
            when starts_with(o.gap, 'not_published:') then o.gap
            when k.must_declare_owners and k.is_active then 'member_not_in_edition'
            when k.must_declare_owners then 'member_not_active'
            when e.in_register then 'member_need_not_declare'
            else 'member_not_in_register'
        end as gap
    from loose l
    left join entity e on e.entity_id = l.member_id
    left join company k on k.company_id = l.member_id
    left join ownership_gap o on o.territory = k.territory
    union all
    select r.scc_id, 'rejected_member'
    from rejected r
    where r.scc_id not in (select scc_id from loose)
    union all
    -- "Nobody outside is declared" rests on absence.
    select m.scc_id, min(g.gap)
    from graph_scc m
    left join company k on k.company_id = m.subject_id
    join ownership_gap g on g.territory = coalesce(k.territory, 'elsewhere')
    where g.gap is not null
        and m.scc_id not in (select scc_id from loose)
        and m.scc_id not in (select scc_id from rejected)
    group by m.scc_id
),
-- Least shares held inside the set, one figure for each holder or joint group.
holders as (
    select
        m.scc_id, i.subject_id, i.party_id, i.joint_group, min(i.share_min) as share_min,
        bool_and(i.reach = 'direct') as is_direct
    from graph_scc m
    join interest i
        on i.subject_id = m.subject_id and i.is_open and i.basis = 'shares' and i.share_fault is null
    join inside s on s.scc_id = m.scc_id and s.party_id = i.party_id
    group by m.scc_id, i.subject_id, i.party_id, i.joint_group
),
counted as (
    select
        scc_id, subject_id, coalesce(joint_group, party_id) as counted_as,
        max(share_min) as share_min, bool_and(is_direct) as is_direct
    from holders
    group by scc_id, subject_id, coalesce(joint_group, party_id)
),
held_inside as (
    select
        scc_id,
        subject_id,
        greatest(coalesce(sum(share_min) filter (where is_direct), 0), max(share_min)) as share_min
    from counted
    group by scc_id, subject_id
),
closed as (
    select m.scc_id
    from graph_scc m
    left join held_inside h on h.scc_id = m.scc_id and h.subject_id = m.subject_id
    group by m.scc_id
    having min(coalesce(h.share_min, 0)) >= 100
),
candidates as (
    select entity_id as subject_id
    from entity
    where entity_type <> 'arrangement'
        and entity_id in (select subject_id from interest where is_open)
    union
    select company_id from company where is_active and must_declare_owners
)
select
    c.subject_id,
    case
        when s.subject_id is null or a.scc_id is not null then 'not_flagged'
        when g.scc_id is not null then 'not_assessable'
        else 'flagged'
    end as state,
    case when s.subject_id is not null and a.scc_id is null then g.gap end as reason,
    case
        when s.subject_id is null or a.scc_id is not null or g.scc_id is not null then null
        when k.scc_id is not null then 'closed'
        else 'no_declared_outside_holder'
    end as subtype,
    s.size_n as value,
    'entities' as unit,
    concat_ws('',
        case when s.size_n = 1 then 'holds itself (1 entity)' else concat_ws(
            '', 'is one of ', cast(s.size_n as varchar), ' legal entities that hold each other'
        ) end,
        case
            when k.scc_id is not null then '; their least shares in each other are the whole'
            else ''
        end
    ) as finding
from candidates c
left join graph_scc s on s.subject_id = c.subject_id
left join accounted_for a on a.scc_id = s.scc_id
left join gaps g on g.scc_id = s.scc_id
left join closed k on k.scc_id = s.scc_id
