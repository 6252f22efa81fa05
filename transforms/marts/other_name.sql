-- Further present names of companies: in another language, abbreviated, or used in trade.
select c.company_id, n.name, n.statement_id
from name_statement n
join company c on c.statement_id = n.of_statement_id
where n.name is distinct from c.name and n.name_kind <> 'previous_name'
