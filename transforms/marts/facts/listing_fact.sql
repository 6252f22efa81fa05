-- A party on a list of a class is not also a candidate for that class (`listed_party`). Of several entries of
-- one listed party, what the register says is one fact.
with candidate as (
    select distinct
        s.party_id, l.listing_class, s.party_kind, s.party_statement_id, s.listed_statement_id,
        l.statement_id
    from screening s
    join listing l on l.party_id = s.listed_party_id and l.is_open
    where s.is_strong
        and not exists (
            select 1
            from listing o
            where o.party_id = s.party_id and o.is_open and o.listing_class = l.listing_class
        )
)
select party_id, listing_class, 'place on the list' as role, statement_id, 'listing_statement.topic' as field
from listing
where is_open
union
select party_id, listing_class, 'list', statement_id, 'listing_statement.list_name'
from listing
where is_open
union
select party_id, listing_class, 'candidate: place on the list', statement_id, 'listing_statement.topic'
from candidate
union
select party_id, listing_class, 'candidate: list', statement_id, 'listing_statement.list_name'
from candidate
union
select
    party_id, listing_class, 'candidate: as the register names it', party_statement_id,
    case when party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from candidate
union
select
    party_id, listing_class, 'candidate: as the list names it', listed_statement_id,
    case when party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from candidate
union
-- What agrees besides the names: number and country for an entity, birth for a person.
select party_id, listing_class, 'candidate: number in the register', party_statement_id,
    'entity_statement.identifier_native'
from candidate
where party_kind = 'entity'
union
select party_id, listing_class, 'candidate: number on the list', listed_statement_id,
    'entity_statement.identifier_native'
from candidate
where party_kind = 'entity'
union
select party_id, listing_class, 'candidate: country in the register', party_statement_id,
    'entity_statement.jurisdiction'
from candidate
where party_kind = 'entity'
union
select party_id, listing_class, 'candidate: country on the list', listed_statement_id,
    'entity_statement.jurisdiction'
from candidate
where party_kind = 'entity'
union
select party_id, listing_class, 'candidate: year of birth in the register', party_statement_id,
    'person_statement.birth_year'
from candidate
where party_kind = 'person'
union
select party_id, listing_class, 'candidate: year of birth on the list', listed_statement_id,
    'person_statement.birth_year'
from candidate
where party_kind = 'person'
union
select party_id, listing_class, 'candidate: month of birth in the register', party_statement_id,
    'person_statement.birth_month'
from candidate
where party_kind = 'person'
union
select party_id, listing_class, 'candidate: month of birth on the list', listed_statement_id,
    'person_statement.birth_month'
from candidate
where party_kind = 'person'
