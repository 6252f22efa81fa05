-- What rests on a person's records: statements, flags, and cases by all ids that they have had.
with statement as (
    select statement_id as id from v_resolution where party_id = $person
    union
    select statement_id from v_relationship where party_id = $person
    union
    select interest_id from v_interest where party_id = $person
),

flag as (select distinct flag_id as id from v_evidence where statement_id in (from statement)),

present as (
    select case_id as id from v_case_member where contains(subject_id, $person)
    union
    select case_id from v_flag where flag_id in (from flag) and case_id is not null
),

case_id as (
    from present
    union
    select previous_case_id from v_case_alias where case_id in (from present)
)

select 'statement' as kind, id from statement
union all
select 'flag', id from flag
union all
select 'case', id from case_id
order by all
