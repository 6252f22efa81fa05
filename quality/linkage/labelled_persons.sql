-- The compared profiles with `party`: the person of the profile, null if unknown.
create or replace temp table person_compared as
select c.*, t.party
from person_compared c
join person_feature f on f.row_no = c.unique_id
join person_statement s on s.statement_id = f.statement_id
left join truth t on t.record = s.record
