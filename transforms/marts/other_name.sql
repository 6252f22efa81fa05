-- Names that a company has today beside its own: in another language, in short, in trade.
select distinct c.company_id, n.name
from name_statement n
join company c on c.statement_id = n.of_statement_id
where n.name is distinct from c.name
