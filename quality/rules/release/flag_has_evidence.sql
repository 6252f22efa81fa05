-- flag has evidence
-- data: Every flag has at least one line of evidence.
select flag_id
from {batch}
where
    state = 'flagged'
    and flag_id not in (select flag_id from evidence where flag_id is not null)
