-- graph_cycle steps chain
-- Steps count from 1. The first holder is the subject, each held entity holds the next, and the last held
-- entity is the subject.
with
    steps as (
        select
            subject_id,
            position,
            party_id,
            held_id,
            row_number() over by_step as step,
            lead(party_id) over by_step as next_party_id
        from {batch}
        window by_step as (partition by subject_id order by position)
    )
select subject_id, position
from steps
where
    position <> step
    or (step = 1 and party_id <> subject_id)
    or held_id <> coalesce(next_party_id, subject_id)
