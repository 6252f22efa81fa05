-- The first $limit facts of each flag in $ids. If a flag has more, the first of every role comes before the
-- second of any, so that each kind of fact is shown.
with counted as (
    select
        *,
        row_number() over (
            partition by flag_id, role order by position, statement_id, field, value
        ) as nth_of_role,
        count(*) over (partition by flag_id) as facts_n
    from v_evidence
    where flag_id in (select unnest($ids))
),
ranked as (
    select
        * exclude (nth_of_role),
        row_number() over (
            partition by flag_id
            order by
                case when facts_n > $limit then nth_of_role else 1 end, position, statement_id, field, value
        ) as place
    from counted
)
select f.*, coalesce(r.title, f.register) as title
from ranked f
left join v_register r on r.register = f.register
where f.place <= $limit
order by f.flag_id, f.place
