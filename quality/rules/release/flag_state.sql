-- flag.state is flagged or not_assessable
select flag_id
from {batch}
where state = 'not_flagged'
