-- indicator.n_flagged counts its flags
-- A subject with several sub-types counts once.
select code
from {batch}
where n_flagged <> (
    select count(distinct subject_id)
    from flag
    where indicator = code and state = 'flagged'
)
