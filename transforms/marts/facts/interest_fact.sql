-- The facts of each interest. A join and not a `union all`, so that a query for a few interests reads no
-- others.
select
    i.interest_id,
    k.role,
    case k.role
        when 'holder' then r.party_statement_id
        when 'held' then i.statement_id
        else i.interest_id
    end as statement_id,
    case when k.role = 'holder' and r.party_kind = 'person' then 'person_statement.full_name' else k.field end
        as field
from interest i
join relationship r on r.statement_id = i.statement_id
cross join (
    values
        ('interest', 'interest_statement.native_code'),
        ('share at least', 'interest_statement.share_min'),
        ('share at most', 'interest_statement.share_max'),
        ('holder', 'entity_statement.name'),
        ('held', 'relationship_statement.subject_id')
) k (role, field)
where (k.role <> 'share at least' or i.share_min is not null)
    and (k.role <> 'share at most' or i.share_max is not null)
