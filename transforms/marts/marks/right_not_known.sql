-- Entities with a holder who is not in the ownership network, because the record states no known right. The
-- network cannot show what such a holder has, or who is above. The links are those of graph_inputs/edges.sql:
-- a person without a known right has one, unless the record states a seat or a post. (The first 24 digits of
-- a statement's id are those of its record; the part of a trust or firm contains a hyphen.)
select distinct r.subject_id
from relationship r
where r.is_open and not r.is_office and r.party_id is not null and r.party_id <> r.subject_id
    and not exists (
        select 1 from interest i where i.statement_id = r.statement_id and i.basis <> 'unknown'
    )
    and not exists (
        select 1 from interest i
        where i.statement_id like '%-%-%'
            and substr(i.statement_id, 1, 24) = substr(r.statement_id, 1, 24)
            and i.basis <> 'unknown'
    )
    and (
        r.party_kind <> 'person'
        or exists (
            select 1 from interest i
            where i.statement_id = r.statement_id
                and i.interest_type in ('boardMember', 'boardChair', 'seniorManagingOfficial')
        )
    )
