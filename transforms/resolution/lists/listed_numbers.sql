-- Registration numbers of listed entities, with their countries. A LEI has no country: the entity's is used.
with listed as (
    select distinct party_id, register, party_statement_id
    from listing
    where is_open and listing_class in ({classes})
),
numbered as (
    select l.*, coalesce(s.identifier, s.identifier_native) as number, s.jurisdiction as country, s.name
    from listed l
    join entity_statement s on s.statement_id = l.party_statement_id
    union
    select l.*, i.number, coalesce(i.country, s.jurisdiction), s.name
    from listed l
    join entity_statement s on s.statement_id = l.party_statement_id
    join identifier_statement i on i.of_statement_id = l.party_statement_id
    where i.scheme is distinct from '{vat}'
)
select party_id, register, party_statement_id as statement_id, number, country, name
from numbered
where number is not null and country is not null
order by all
