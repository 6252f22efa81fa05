-- The size of each set, and whether most of its entities are seated at agents, business centres or
-- practitioners.
select
    d.directed_set_id,
    min(d.director_id) as director_id,
    count(*) as entities_n,
    2 * count(*) filter (where a.address_class in ('agent', 'business_centre', 'practitioner')) > count(*)
        as is_agent
from directed_set d
join company c on c.company_id = d.subject_id
left join address a on a.address_id = c.address_id
group by d.directed_set_id
