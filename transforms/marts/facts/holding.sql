select p.*, e.edition_date as titles_on
from proprietorship p
left join edition_in_use e on e.register = p.register and e.edition = p.edition
where p.ended_on is null
