-- Subjects for which a `not_flagged` proves nothing, with the first reason, in the order of the roles needed:
-- no complete edition is held for the role in the subject's territory, or a rejected record may be about the
-- subject (with $reaches: about an entity above it).
with needed as (
    select *, 3 * list_position(cast($needed_roles as varchar[]), role) as place
    from role_held
    where list_contains(cast($needed_roles as varchar[]), role)
),
placed as (
    select s.subject_id, n.*
    from {subjects} s
    join needed n on n.territory = coalesce(s.territory, 'elsewhere')
),
reasons as (
    select subject_id, place, gap as reason from placed where gap is not null
    union all
    select s.subject_id, n.place + 1, concat('rejected:', min(s.register))
    from rejected_subject s
    join register_role r on r.register = s.register and not r.is_partial
    join (select distinct role, place from needed) n on n.role = r.role
    group by s.subject_id, n.place
    union all
    select p.subject_id, p.place + 2, concat('rejected:', p.register)
    from placed p
    where $reaches
        and p.role = 'owners'
        and p.register is not null
        and p.subject_id in (select subject_id from graph_reach where mark = 'owners_record_rejected')
),
ranked as (
    select subject_id, reason, row_number() over (partition by subject_id order by place) as first_row
    from reasons
)
select subject_id, reason from ranked where first_row = 1
