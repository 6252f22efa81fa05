-- review_case opens on a flag that is neither weak nor about data quality
select case_id
from {batch}
where case_id not in (
    select flag.case_id
    from flag
    join indicator on indicator.code = flag.indicator
    where
        flag.state = 'flagged'
        and flag.case_id is not null
        and not indicator.weak
        and not indicator.data_quality
)
