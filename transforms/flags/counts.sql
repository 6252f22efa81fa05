-- How many subjects, and private homes apart, have each state. One with several sub-types counts once, as its
-- strongest state. `has_several`: a subject has several rows; `has_private`: there are private homes.
with subject_state as (
    select
        subject_id,
        is_private,
        min(case state when 'flagged' then 0 when 'not_assessable' then 1 else 2 end) as strength,
        count(*) as rows_n
    from {judged}
    group by subject_id, is_private
)
select
    count(*) filter (where strength = 0 and not is_private) as flagged,
    count(*) filter (where strength = 1 and not is_private) as not_assessable,
    count(*) filter (where strength = 2 and not is_private) as not_flagged,
    count(*) filter (where strength = 0 and is_private) as dwellings_flagged,
    coalesce(max(rows_n) > 1, false) as has_several,
    coalesce(bool_or(is_private), false) as has_private
from subject_state
