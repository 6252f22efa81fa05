-- The control group of each of these subjects: of a title, that of who holds it now; an entity in no group is
-- one by itself.
select subject_id, min(control_group_id) as control_group_id
from v_control_group
where subject_id in (select unnest($ids))
group by subject_id
union all
select p.title_id, min(coalesce(g.control_group_id, p.party_id))
from v_proprietorship p
left join v_control_group g on g.subject_id = p.party_id
where p.ended_on is null and p.title_id in (select unnest($ids))
group by p.title_id
order by subject_id
