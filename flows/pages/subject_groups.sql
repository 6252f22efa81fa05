-- The control group of each of these subjects: of a title, that of who holds it now; an entity in no group is
-- one by itself.
with held as (
    select title_id, party_id
    from proprietorship
    where ended_on is null and rowid in (from rows_of('proprietorship.title_id', $ids))
)
select subject_id, min(control_group_id) as control_group_id
from graph_control_group
where rowid in (from rows_of('graph_control_group.subject_id', $ids))
group by subject_id
union all
select h.title_id, min(coalesce(g.control_group_id, h.party_id))
from held h
left join (
    select subject_id, control_group_id
    from graph_control_group
    where rowid in (from rows_of('graph_control_group.subject_id', (select list(party_id) from held)))
) g on g.subject_id = h.party_id
group by h.title_id
order by subject_id
