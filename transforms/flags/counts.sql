-- The number of subjects in each state, with private homes counted separately. `has_private`: there are
-- private homes. Python fills in rows with one state for each subject.
select
    count(*) filter (where state = 'flagged' and not is_private) as flagged,
    count(*) filter (where state = 'not_assessable' and not is_private) as not_assessable,
    count(*) filter (where state = 'not_flagged' and not is_private) as not_flagged,
    count(*) filter (where state = 'flagged' and is_private) as dwellings_flagged,
    coalesce(bool_or(is_private), false) as has_private
from {states}
