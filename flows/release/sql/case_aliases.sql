-- Rows of case_alias. $release_id: the release before.
-- gone: ids of the release before that no case has now; of several cases the one with the earliest flag,
-- else with the most shared flags or subjects, else the first in review order. carried: ids of earlier
-- releases. One whose earliest flag is in a case now leads there, whatever became of its case.
with gone as (
    select
        *,
        case when parts_n > 1 then 'split' when came_n > 1 then 'merged' else 'renamed' end as reason
    from became
    where previous_case_id not in (select case_id from review_case)
    qualify row_number() over (
        partition by previous_case_id order by has_earliest desc, shared_n desc, position
    ) = 1
),
carried as (
    select
        a.previous_case_id,
        coalesce(n.case_id, g.case_id, a.case_id) as case_id,
        a.reason,
        case
            when n.case_id is not null then 'flags'
            else coalesce(nullif(g.shared, 'flags'), a.shared)
        end as shared,
        a.last_release_id
    from case_alias_before a
    left join flag n on 'UT-C-' || n.flag_id = a.previous_case_id
    left join gone g on g.previous_case_id = a.case_id
    where a.previous_case_id not in (select previous_case_id from gone)
)
select previous_case_id, case_id, reason, shared, last_release_id
from (
    select previous_case_id, case_id, reason, shared, $release_id as last_release_id from gone
    union all
    from carried
)
where case_id in (select case_id from review_case)
  and previous_case_id not in (select case_id from review_case)
order by previous_case_id
