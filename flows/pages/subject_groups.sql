-- The control group of each of these subjects: of a title, that of who holds it now; an entity in no group is
-- one by itself.
select subject_id, min(control_group_id) as control_group_id
from graph_control_group
where rowid in (from rows_of('graph_control_group.subject_id', $ids))
group by subject_id
union all
select p.title_id, min(coalesce(g.control_group_id, p.party_id))
from proprietorship p
left join v_control_group g on g.subject_id = p.party_id
where p.ended_on is null and p.rowid in (from rows_of('proprietorship.title_id', $ids))
group by p.title_id
order by subject_id
