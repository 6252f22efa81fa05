select mark, subject_id from graph_reach
union
select mark, subject_id from mark
