-- graph_control influence is never certain
select party_id, subject_id
from {batch}
where kind = 'influence' and verdict = 'CERTAIN'
