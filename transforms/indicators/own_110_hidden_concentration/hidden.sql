-- Natural persons whose least ownership of an entity reaches `share` only through several chains together. A
-- chain is followed upward while its greatest shares still allow `share`.
with recursive held as (
    select subject_id, party_id, max(coalesce(share_max, 100)) as share_max
    from interest
    where is_open and basis = 'shares' and share_fault is null and party_id <> subject_id
    group by subject_id, party_id
),
owners as (
    select g.subject_id, g.party_id as owner_id, g.share_min
    from graph_integrated g
    join person p on p.person_id = g.party_id and p.person_type = 'knownPerson'
    left join held h
        on h.subject_id = g.subject_id and h.party_id = g.party_id and h.share_max >= $share
    where g.basis = 'shares' and g.share_min >= $share and h.party_id is null
),
walk as (
    select subject_id, owner_id, subject_id as at_id, cast(100 as double) as share from owners
    union
    select w.subject_id, w.owner_id, h.party_id, round(w.share * h.share_max / 100, 4)
    from walk w
    join held h on h.subject_id = w.at_id
    where w.at_id <> w.owner_id and round(w.share * h.share_max / 100, 4) >= $share
),
hits as (
    select o.subject_id, o.owner_id, o.share_min
    from owners o
    left join walk w
        on w.subject_id = o.subject_id and w.owner_id = o.owner_id and w.at_id = o.owner_id
    where w.at_id is null
),
-- The owners, and the entities in which they have ownership.
through as materialized (
    select party_id as owner_id, subject_id as holder_id
    from graph_integrated
    where basis = 'shares' and share_min > 0 and party_id in (select owner_id from hits)
    union
    select owner_id, owner_id from hits
),
-- Their holdings, looked up once, not at every step.
step as materialized (
    select t.owner_id, h.subject_id as held_id, t.holder_id
    from through t
    join held h on h.party_id = t.holder_id
),
-- The links of all chains between owner and entity.
links as (
    select t.subject_id, t.owner_id, t.share_min, s.held_id, s.holder_id
    from hits t
    join step s on s.owner_id = t.owner_id and s.held_id = t.subject_id
    union
    select l.subject_id, l.owner_id, l.share_min, s.held_id, s.holder_id
    from links l
    join step s on s.owner_id = l.owner_id and s.held_id = l.holder_id and s.holder_id <> l.subject_id
),
-- There are several chains if there are more links than holders.
several as (
    select subject_id, owner_id
    from links
    group by subject_id, owner_id
    having count(*) > count(distinct holder_id)
)
select l.subject_id, l.owner_id, l.share_min, l.held_id, l.holder_id
from links l
join several s on s.subject_id = l.subject_id and s.owner_id = l.owner_id
