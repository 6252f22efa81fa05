-- Names that a company has today beside its own: in another language, in short, in trade.
select c.company_id, n.name, n.statement_id
from name_statement n
join company c on c.statement_id = n.of_statement_id
where n.name is distinct from c.name
