-- The present party of an id in the previous release, and of older aliases. An id whose records are all gone
-- has none, because its party may have been purged. An id that exists again is not an alias.
with
{kinds},
alive as (
    select distinct party_id from resolution
),
carried as (
    select
        a.previous_party_id,
        coalesce(s.party_id, a.party_id) as party_id,
        a.change,
        a.last_release_id
    from alias_before a
    left join shared s on s.previous_party_id = a.party_id
),
every as (
    select previous_party_id, party_id, change, $release_id as last_release_id, 1 as is_old from kind
    union all
    select *, 2 from carried
),
gone as (
    select distinct party_id
    from resolution_before
    where party_id not in (select previous_party_id from shared)
        and party_id not in (select party_id from alive)
)
select previous_party_id, party_id, change, last_release_id
from every
where party_id in (select party_id from alive)
    and previous_party_id <> party_id
    and previous_party_id not in (select party_id from gone)
    and not (
        change in ('merged', 'renamed') and previous_party_id in (select party_id from alive)
    )
qualify row_number() over (
    partition by previous_party_id, party_id
    order by is_old, last_release_id desc, change
) = 1
order by previous_party_id, party_id
