-- LEIs that a record states besides its own number.
select distinct i.number as lei, r.party_id as org_id, s.name
from entity_statement s
join identifier_statement i on i.of_statement_id = s.statement_id
join claim_row r on r.statement_id = s.statement_id
where i.scheme = 'XI-LEI' and r.method <> 'record'
    and r.party_id not like 'XI-LEI-%'
order by all
