-- Which of the ids are those of a case or a flag.
select case_id as id, 'case' as kind from v_case where case_id in (select unnest($ids))
union all
select flag_id, 'flag' from v_flag where flag_id in (select unnest($ids))
order by id, kind
