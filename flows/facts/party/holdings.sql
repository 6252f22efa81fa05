-- What a party, legal or natural, owns, controls or directs, with its offices there; flags_n counts the
-- flags on that entity itself.
with held as (
    select party_id as id, subject_id from v_integrated_ownership where party_id in (select unnest($ids))
    union
    select party_id, subject_id from v_control where party_id in (select unnest($ids))
    union
    select party_id, subject_id from interest where rowid in (from rows_of('interest.party_id', $ids))
),
flagged as (
    select subject_id, count(*) as flags_n
    from flag
    where
        state = 'flagged'
        and subject_type = 'legal_entity'
        and rowid in (from rows_of('flag.subject_id', (select list(subject_id) from held)))
    group by subject_id
),
offices as (
    select
        party_id, subject_id, list(distinct interest_type order by interest_type) as types,
        min(valid_from) as held_from
    from interest
    where
        rowid in (from rows_of('interest.party_id', $ids))
        and interest_type in ('boardMember', 'boardChair', 'seniorManagingOfficial')
    group by party_id, subject_id
),
owned as (select * from v_integrated_ownership where party_id in (select unnest($ids))),
controlled as (select * from v_control where party_id in (select unnest($ids))),
named as (
    select entity_id, name
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(subject_id) from held)))
)
select
    h.id, h.subject_id, e.name,
    s.share_min as shares_min, s.share_max_declared as shares_max_declared,
    s.share_min_exclusive as shares_min_exclusive, s.share_max_declared_exclusive as shares_max_exclusive,
    v.share_min as votes_min, v.share_max_declared as votes_max_declared,
    v.share_min_exclusive as votes_min_exclusive, v.share_max_declared_exclusive as votes_max_exclusive,
    c.verdict as control_verdict, c.kind as control_kind,
    o.types as offices, o.held_from as in_office_from, coalesce(f.flags_n, 0) as flags_n,
    row_number() over (partition by h.id order by s.share_min desc nulls last, h.subject_id) as row_no
from held h
left join named e on e.entity_id = h.subject_id
left join owned s on s.party_id = h.id and s.subject_id = h.subject_id and s.basis = 'shares'
left join owned v on v.party_id = h.id and v.subject_id = h.subject_id and v.basis = 'votes'
left join controlled c on c.party_id = h.id and c.subject_id = h.subject_id
left join offices o on o.party_id = h.id and o.subject_id = h.subject_id
left join flagged f on f.subject_id = h.subject_id
