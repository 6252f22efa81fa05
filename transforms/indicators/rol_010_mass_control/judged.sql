with sizes as (
    select
        g.control_group_id, min(g.controller_id) as controller_id,
        count(*) filter (where c.is_active) as active_n
    from graph_control_group g
    left join company c on c.company_id = g.subject_id
    group by g.control_group_id
),
parts as (
    select p.control_group_id, count(distinct p.part_id) as parts_n
    from graph_group_part p
    join company c on c.company_id = p.subject_id and c.is_active
    group by p.control_group_id
),
left_out as (
    select entity_id from exempt
    union
    select entity_id from entity where entity_type = 'arrangement'
    union
    select e.entity_id
    from entity e
    join trust_company t
        on t.name = upper(e.name) and t.jurisdiction = e.jurisdiction
    union
    select subject_id
    from relationship
    where is_open and not is_office and party_id is not null and party_id <> subject_id
    union
    -- A protected owner is an owner.
    select subject_id from mark where mark = 'protected_unnamed'
)
select
    s.control_group_id,
    s.controller_id,
    s.active_n,
    p.parts_n,
    s.active_n > $n and coalesce(p.parts_n, 0) >= 2 and o.entity_id is null as is_hit
from sizes s
left join parts p using (control_group_id)
left join left_out o on o.entity_id = s.controller_id
