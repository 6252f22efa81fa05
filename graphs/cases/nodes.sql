-- Number all subjects, parties, titles and addresses that a link or a flag names, from 0 in the order of
-- their ids.
create or replace temp table case_node as
select subject_id, row_number() over (order by subject_id) - 1 as node
from (
    select from_id as subject_id from case_candidate
    union
    select to_id from case_candidate
    union
    select subject_id from case_flag
)
