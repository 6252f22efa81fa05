with
-- A chain to an unnamed owner has no known offshore entity.
unnamed as (
    select subject_id from graph_chain where mark = 'owner_unnamed'
    union
    select subject_id from mark where mark = 'owner_unnamed'
),
above as (
    select subject_id, depth, nearest_id, is_every_chain from graph_chain where mark = 'offshore_entity'
),
-- Only for few entities, so that names and countries of all others are not held in memory.
named as (
    select entity_id, name, jurisdiction
    from entity
    where entity_id in (select subject_id from above union select nearest_id from above)
),
territories as (
    select company_id, territory from company where company_id in (select subject_id from above)
),
chained as (
    select
        a.subject_id,
        a.depth,
        a.is_every_chain
            and g.gap is null
            and x.subject_id is null
            and h.subject_id is null
            and w.subject_id is null as is_every_chain,
        e.jurisdiction is not null
            and split_part(e.jurisdiction, '-', 1) not in (
                select country from home_country
            ) as is_overseas,
        coalesce(n.name, a.nearest_id) as nearest_name,
        n.jurisdiction
    from above a
    left join territories t on t.company_id = a.subject_id
    left join ownership_gap g on g.territory = coalesce(t.territory, 'elsewhere')
    left join marked x on x.subject_id = a.subject_id and x.mark = 'owners_record_rejected'
    left join marked h on h.subject_id = a.subject_id and h.mark = 'right_not_known'
    left join unnamed w on w.subject_id = a.subject_id
    left join named e on e.entity_id = a.subject_id
    left join named n on n.entity_id = a.nearest_id
),
judged as (
    select
        c.subject_id, j.depth, j.is_every_chain, j.is_overseas, j.nearest_name, j.jurisdiction,
        u.subject_id is not null as has_unknown
    from owned_entity c
    left join chained j on j.subject_id = c.subject_id
    left join graph_chain u on u.subject_id = c.subject_id and u.mark = 'no_jurisdiction'
)
select
    j.subject_id,
    case
        when j.depth is not null then 'flagged'
        when j.has_unknown then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when j.depth is null and j.has_unknown then 'jurisdiction_unknown' end as reason,
    case
        when j.depth is null then null
        when j.is_overseas then 'overseas_subject'
        when j.is_every_chain then 'all_chains'
        when j.depth = 1 then 'direct'
        else 'indirect'
    end as subtype,
    j.depth as value,
    'steps' as unit,
    j.nearest_name as entity,
    concat_ws(' ', cast(j.depth as varchar), case when j.depth = 1 then 'step' else 'steps' end) as steps,
    upper(j.jurisdiction) as country,
    case when j.is_every_chain then '; every chain upward has such an entity' else '' end as every_chain
from judged j
