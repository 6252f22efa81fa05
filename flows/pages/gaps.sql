-- What could not be assessed about these subjects, by indicator and reason.
select
    indicator, reason, count(*) as subjects_n,
    min(subject_name) as first_name, max(subject_name) as last_name,
    count(*) over () as kinds_n
from v_flag
where state = 'not_assessable' and subject_id in (select unnest($ids))
group by indicator, reason
order by indicator, reason nulls first
limit $shown
