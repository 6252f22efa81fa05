-- Numbers that stand in rejected records of a register's editions in force.
select distinct m.token
from reject_mention m
join edition_in_use e using (register, dataset, edition)
where e.status = 'in_force' and m.register = $register
