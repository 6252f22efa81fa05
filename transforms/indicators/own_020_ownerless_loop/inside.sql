-- The holdings in arrangements, and then those of arrangements, are looked up once, not at every step.
with recursive held as materialized (
    select subject_id, party_id
    from relationship
    where is_open and subject_id in (select entity_id from entity where entity_type = 'arrangement')
),
below as (
    select m.scc_id, h.subject_id as party_id
    from graph_scc m
    join held h on h.party_id = m.subject_id
    union
    select b.scc_id, h.subject_id
    from below b
    join held h on h.party_id = b.party_id
),
holder as materialized (
    select subject_id, party_id
    from relationship
    where is_open and party_id in (select party_id from below)
),
inside as (
    select scc_id, subject_id as party_id from graph_scc
    union
    select i.scc_id, h.party_id
    from inside i
    join holder h on h.subject_id = i.party_id
    join below b on b.scc_id = i.scc_id and b.party_id = h.party_id
)
select * from inside
