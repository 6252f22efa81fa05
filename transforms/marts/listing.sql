-- Entries of watch lists in the editions in force. Data on criminal offences stays in the lake until a legal
-- basis is configured. A party's own record states by topic that it is listed and has no dates; the records
-- of its listings have dates. If all of these have ended, so has the topic's.
with listed as (
    select
        r.party_id,
        l.party_kind,
        l.list_name,
        l.topic,
        l.listing_class,
        l.programme,
        l.position,
        l.valid_from,
        l.valid_to,
        coalesce(l.is_ceased, false) as is_ceased, -- null in editions read before lists told
        not coalesce(l.is_ceased, false)
            and (l.valid_from is null or l.valid_from <= $as_of)
            and (l.valid_to is null or l.valid_to > $as_of) as is_current,
        l.record = r.record as is_by_topic,
        l.register,
        l.statement_id,
        l.party_statement_id
    from listing_statement l
    join edition_in_use u on u.register = l.register and u.dataset = l.dataset and u.edition = l.edition
    join resolution r on r.statement_id = l.party_statement_id
    where u.status = 'in_force' and l.listing_class <> 'crime'
),
dated as (
    select
        party_statement_id,
        listing_class,
        bool_or(not is_ceased and (valid_to is null or valid_to > $as_of)) as has_one_left
    from listed
    where not is_by_topic
    group by party_statement_id, listing_class
)
select
    l.party_id,
    l.party_kind,
    coalesce(p.full_name, e.name) as listed_name,
    l.list_name,
    l.topic,
    l.listing_class,
    l.programme,
    l.position,
    l.valid_from,
    l.valid_to,
    l.is_current
        and not (
            l.is_by_topic and l.listing_class = 'sanction' and not coalesce(d.has_one_left, true)
        ) as is_open,
    l.register,
    l.statement_id,
    l.party_statement_id
from listed l
left join dated d on d.party_statement_id = l.party_statement_id and d.listing_class = l.listing_class
left join person_statement p on p.statement_id = l.party_statement_id
left join entity_statement e on e.statement_id = l.party_statement_id
order by l.statement_id
