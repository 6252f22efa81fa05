-- What these subjects are linked with in their cases. A natural person is `person`, without a name or an id.
with side as (
    select case_id, from_id as subject_id, to_id as other_id, 'to' as direction, kind, certainty
    from v_case_link
    where from_id in (select unnest($ids))
    union
    select case_id, to_id, from_id, 'from', kind, certainty
    from v_case_link
    where to_id in (select unnest($ids))
)
select distinct
    s.subject_id, s.direction, s.kind, s.certainty, m.subject_type as other_type,
    case when m.subject_type <> 'person' then s.other_id end as other_id,
    case when m.subject_type <> 'person' then m.subject_name end as other_name
from side s
join v_case_member m on m.case_id = s.case_id and m.subject_id = s.other_id
order by s.subject_id, s.direction, s.kind, other_name nulls last, other_id nulls last, s.certainty,
    other_type
