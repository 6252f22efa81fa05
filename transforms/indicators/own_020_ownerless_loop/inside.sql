with recursive below as (
    select m.scc_id, r.subject_id as party_id
    from graph_scc m
    join relationship r on r.party_id = m.subject_id and r.is_open
    join entity e on e.entity_id = r.subject_id and e.entity_type = 'arrangement'
    union
    select b.scc_id, r.subject_id
    from below b
    join relationship r on r.party_id = b.party_id and r.is_open
    join entity e on e.entity_id = r.subject_id and e.entity_type = 'arrangement'
),
inside as (
    select scc_id, subject_id as party_id from graph_scc
    union
    select i.scc_id, r.party_id
    from inside i
    join relationship r on r.subject_id = i.party_id and r.is_open
    join below b on b.scc_id = i.scc_id and b.party_id = r.party_id
)
select * from inside
