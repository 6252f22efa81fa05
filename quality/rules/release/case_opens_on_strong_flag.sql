-- review_case opens on a flag of the lanes stop or act
select case_id
from {batch}
where case_id not in (
    select flag.case_id
    from flag
    where flag.state = 'flagged' and flag.case_id is not null and flag.lane in ('stop', 'act')
)
