-- How the party of each relationship or proprietorship was resolved, and the day on which a proprietorship
-- ended.
select s.statement_id, r.method, cast(null as date) as ended_on
from v_relationship s
join v_resolution r on r.statement_id = s.party_statement_id
where s.statement_id in (select unnest($ids))
union all
select statement_id, method, ended_on
from v_proprietorship
where statement_id in (select unnest($ids))
order by statement_id, method
