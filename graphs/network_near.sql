-- Parties at most $hops interests away from $around, in either direction.
with recursive
pair as (
    select party_id, subject_id
    from v_closure_edge
    where component_no in (
        select component_no from v_closure_edge
        where party_id in (select unnest($around)) or subject_id in (select unnest($around))
    )
),
tie(one_id, other_id) as (
    select party_id, subject_id from pair
    union all
    select subject_id, party_id from pair
),
near(party_id, hops) as (
    select unnest($around), 0
    union
    select t.other_id, n.hops + 1
    from near n
    join tie t on t.one_id = n.party_id
    where n.hops < $hops
)
select distinct party_id from near
