-- Party, method and score of a record in its newest edition.
select
    arg_max(party_id, (edition, statement_id)) as party_id,
    arg_max(method, (edition, statement_id)) as method,
    arg_max(score, (edition, statement_id)) as score
from v_resolution
where register = $register and record = $record
having count(*) > 0
