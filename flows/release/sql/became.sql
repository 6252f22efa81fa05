-- Where the cases of the release before lead: one row for each earlier case and each case of this run that
-- shares a flag with it, or, where none does, a flagged subject. Reads flag_before (flag_id, subject_id,
-- case_id) of the release before; flag, review_case and party_alias of this run.
create or replace temp table became as
with in_case as (
    select flag_id, subject_id, case_id
    from flag
    where case_id is not null
),
by_flag as (
    select
        b.case_id as previous_case_id,
        n.case_id,
        count(*) as shared_n,
        bool_or(b.case_id = 'UT-C-' || b.flag_id) as has_earliest
    from flag_before b
    join in_case n using (flag_id)
    group by b.case_id, n.case_id
),
-- A subject whose id changed is looked for under both ids: a party, or a control group or set of directed
-- entities, whose id is that of its head.
subject_before as (
    select case_id as previous_case_id, subject_id
    from flag_before
    union
    select b.case_id, concat(b.prefix, a.party_id)
    from (
        select
            case_id, subject_id,
            case when left(subject_id, 3) in ('CG-', 'DS-') then left(subject_id, 3) else '' end as prefix
        from flag_before
    ) b
    join party_alias a on concat(b.prefix, a.previous_party_id) = b.subject_id
),
by_subject as (
    select b.previous_case_id, n.case_id, count(*) as shared_n
    from subject_before b
    join (select distinct case_id, subject_id from in_case) n using (subject_id)
    where b.previous_case_id not in (select previous_case_id from by_flag)
    group by b.previous_case_id, n.case_id
),
shared as (
    select previous_case_id, case_id, shared_n, has_earliest, 'flags' as shared from by_flag
    union all
    select previous_case_id, case_id, shared_n, false, 'subjects' from by_subject
)
select
    s.*,
    c.position,
    count(*) over (partition by s.previous_case_id) as parts_n,
    count(*) over (partition by s.case_id) as came_n
from shared s
join review_case c using (case_id)
