-- The states of an indicator's subjects, with `is_private`, and with the indicator's `lane` if its query
-- gives none. Python fills in `given.sql`, the subjects of its kind, and `unfounded.sql`. A `not_flagged`
-- that is unfounded, or a flag of a sub-type that rests on absence, becomes `not_assessable`. An id that is
-- not a subject of its kind, such as a Dutch partnership, has no state.
with unfounded as (
{unfounded}),
given as (
{given}),
judged as (
    select
        g.*,
        u.reason as gap,
        u.reason is not null
            and (
                g.state = 'not_flagged'
                or (
                    g.state = 'flagged'
                    and coalesce(list_contains(cast($rests_on_absence as varchar[]), g.subtype), false)
                )
            ) as is_unfounded,
        s.is_private
    from given g
    join {subjects} s using (subject_id)
    left join unfounded u using (subject_id)
)
select
    * exclude (gap, is_unfounded) replace (
        case when is_unfounded then 'not_assessable' else state end as state,
        case when is_unfounded then gap else reason end as reason,
        case when not is_unfounded then subtype end as subtype,
        case when state = 'flagged' then coalesce(lane, $own_lane) else $own_lane end as lane
    )
from judged
