-- Listings of a party and of those around it: candidates of screening, and parties that a list names by their
-- own identifier. Persons have no score.
with around as (
    select unnest($ids) as id, unnest($ids) as party_id, 'itself' as relation, 1 as place
    union
    select subject_id, party_id, 'owner or holder', 2
    from interest
    where party_id is not null and rowid in (from rows_of('interest.subject_id', $ids))
    union
    select subject_id, party_id, 'owner through others', 3
    from graph_integrated where rowid in (from rows_of('graph_integrated.subject_id', $ids))
    union
    select subject_id, party_id, 'controls it', 4
    from graph_control where rowid in (from rows_of('graph_control.subject_id', $ids))
    union
    select subject_id, party_id, 'is or may be a beneficial owner', 5
    from graph_ubo
    where
        party_id is not null
        and regime in ('AMLR', 'UK')
        and verdict in ('CERTAIN', 'POSSIBLE')
        and rowid in (from rows_of('graph_ubo.subject_id', $ids))
    union
    select party_id, subject_id, 'entity it controls', 6
    from v_control where verdict = 'CERTAIN' and party_id in (select unnest($ids))
),
nearest as (
    select id, party_id, relation, place
    from around
    qualify row_number() over (partition by id, party_id order by place) = 1
),
mine as (select unnest((select list(distinct party_id) from nearest)) as party_id),
listed as (
    select party_id, listed_party_id, party_kind, score, reason, is_strong
    from v_screening
    where party_id in (select party_id from mine)
    union all
    select distinct
        party_id, party_id, party_kind, cast(null as double),
        'the list gives the same identifier, or the party is known from the list alone', true
    from listing
    where rowid in (from rows_of('listing.party_id', (select list(party_id) from mine)))
),
listing_met as (
    select *
    from listing
    where rowid in (from rows_of('listing.party_id', (select list(listed_party_id) from listed)))
),
named as ({named_parties})
select
    m.id, m.relation, m.place, m.party_id, n.name, s.party_kind, s.listed_party_id, l.listed_name,
    l.list_name, l.topic, l.listing_class, l.programme, l.position, l.valid_from, l.valid_to, l.is_open,
    case
        when l.is_open then 'in force'
        when l.valid_to <= (select as_of from v_release) then concat('ended ', l.valid_to)
        when not l.is_open then 'not in force'
    end as standing,
    s.reason, s.is_strong, case when s.party_kind = 'entity' then s.score end as score,
    row_number() over (
        partition by m.id
        order by
            l.is_open desc nulls last, m.place, m.party_id, s.listed_party_id, l.list_name nulls last,
            l.topic nulls last, l.programme nulls last, l.position nulls last, l.valid_from nulls last,
            l.valid_to nulls last
    ) as row_no
from nearest m
join listed s on s.party_id = m.party_id
left join listing_met l on l.party_id = s.listed_party_id
left join named n on n.party_id = m.party_id
