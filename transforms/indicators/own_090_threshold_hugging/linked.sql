-- Holders just below the threshold that share an officer, or an office that is no dwelling.
with office as materialized (
    select
        h.subject_id, h.party_id, h.counted_as, h.share_held, c.address_id, a.unit_id, c.address_statement_id
    from hugging h
    join company c on c.company_id = h.party_id
    join address a on a.address_id = c.address_id and a.address_class = 'ordinary'
    where h.is_hugging and c.address_statement_id is not null
),
dwellings as (
    select address_id
    from "transaction"
    where property_type in ('detached', 'semi_detached', 'terraced', 'flat')
        and address_id in (select address_id from office)
    union
    select address_id
    from premises
    where list_contains(uses, 'dwelling') and address_id in (select address_id from office)
),
keys as (
    select
        h.subject_id, h.party_id, h.counted_as, h.share_held, 'officer' as kind, o.party_id as key_id,
        o.statement_id
    from hugging h
    join officer o on o.company_id = h.party_id and o.is_open
    where h.is_hugging
    union
    select subject_id, party_id, counted_as, share_held, 'address', unit_id, address_statement_id
    from office
    where address_id not in (select address_id from dwellings)
),
once as (
    select subject_id, kind, key_id, max(share_held) as share_held
    from keys
    group by subject_id, kind, key_id, counted_as
),
groups as (
    select
        subject_id,
        kind,
        key_id,
        count(*) as holders_n,
        sum(share_held) as share_sum,
        row_number() over (
            partition by subject_id order by count(*) desc, sum(share_held) desc, kind, key_id
        ) as first_row
    from once
    group by subject_id, kind, key_id
    having count(*) >= $holders and sum(share_held) >= 50
)
select g.subject_id, g.kind, g.holders_n, g.share_sum, k.party_id, k.statement_id
from groups g
join keys k on k.subject_id = g.subject_id and k.kind = g.kind and k.key_id = g.key_id
where g.first_row = 1
