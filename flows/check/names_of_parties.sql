-- Every name that the parties have or had.
select entity_id as party_id, name
from entity
where name is not null and rowid in (from rows_of('entity.entity_id', $ids))
union
select company_id, unnest(former_names)
from company
where rowid in (from rows_of('company.company_id', $ids))
union
select company_id, name
from other_name
where company_id in (select unnest($ids))
union
select party_id, proprietor_name
from proprietorship
where proprietor_name is not null and rowid in (from rows_of('proprietorship.party_id', $ids))
