-- Entities that declare their holders to a register held: active, of a form that must declare, and in the
-- edition in force of their register.
select distinct c.company_id as subject_id
from company c
join edition_in_use e on e.register = c.register and e.edition = c.edition
where c.must_declare_owners and c.is_active and e.status = 'in_force'
