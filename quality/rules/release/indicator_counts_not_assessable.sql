-- indicator.n_not_assessable counts its flags
-- A subject with several sub-types counts once, and as flagged where any of them is flagged.
select code
from {batch}
where n_not_assessable <> (
    select count(distinct subject_id) - count(distinct subject_id) filter (state = 'flagged')
    from flag
    where indicator = code
)
