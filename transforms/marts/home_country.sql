-- Countries of the registers in force. Parties incorporated elsewhere are foreign.
select distinct r.territory as country
from register_role r
join edition_in_use e on e.register = r.register
where e.status = 'in_force' and length(r.territory) = 2
