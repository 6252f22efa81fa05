-- Companies for which only this is known: another company of the same parties is insolvent since an unknown
-- day, and shares a seat, an industry or a similar name with it. A party may have thousands of companies, so
-- they are joined by the shared seat or industry, and compared by name only if they share neither.
with old as (
    select distinct g.party_id, o.company_id
    from insolvent_company o
    join hand g on g.company_id = o.company_id
    where o.insolvent_on is null
),
-- These are few, and their companies are looked up afterwards.
same_hand as materialized (
    select party_id, company_id
    from hand
    where coalesce(from_on <= $as_of, true) and party_id in (select party_id from old)
),
begun as (
    select distinct h.party_id, n.company_id, n.address_id
    from same_hand h
    join company n on n.company_id = h.company_id
    where n.is_active and n.incorporated_on is not null
),
class as (
    select distinct company_id, industry_class
    from industry
    where company_id in (select company_id from old union select company_id from begun)
),
old_mark as (
    select party_id, mark, min(company_id) as first_id, max(company_id) as last_id
    from (
        select o.party_id, o.company_id, c.industry_class as mark from old o join class c using (company_id)
        union all
        select o.party_id, o.company_id, a.address_id
        from old o
        join seat_held a using (company_id)
        where a.address_id in (select address_id from address where address_class = 'ordinary')
    )
    group by party_id, mark
),
marked as (
    select distinct b.company_id
    from (
        select b.party_id, b.company_id, c.industry_class as mark from begun b join class c using (company_id)
        union all
        select party_id, company_id, address_id from begun
    ) b
    join old_mark o using (party_id, mark)
    where o.first_id <> b.company_id or o.last_id <> b.company_id
),
old_name as (
    select party_id, company_id, without_legal_form(business_name(name)) as name_key
    from (
        select o.party_id, o.company_id, c.name from old o join company c using (company_id)
        union all
        select o.party_id, o.company_id, unnest(c.former_names) from old o join company c using (company_id)
    ) named
),
begun_name as (
    select b.party_id, b.company_id, without_legal_form(business_name(c.name)) as name_key
    from begun b
    join company c using (company_id)
    where b.company_id not in (select company_id from marked)
)
select company_id from marked
union
select n.company_id
from begun_name n
join old_name o on o.party_id = n.party_id and o.company_id <> n.company_id
-- Names of very different length need not be compared letter by letter.
where case
    when 1 - abs(length(o.name_key) - length(n.name_key))
            / nullif(greatest(length(o.name_key), length(n.name_key)), 0) >= $similarity
        then 1 - levenshtein(o.name_key, n.name_key)
            / nullif(greatest(length(o.name_key), length(n.name_key)), 0) >= $similarity
end
