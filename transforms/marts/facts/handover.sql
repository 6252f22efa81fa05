-- Who left a title, and who came to it within the 62 days before (own: a month until the register shows it,
-- and a month between editions). The former may have sold to the latter. Only a deed states that a sum was
-- paid; the price register names nobody.
select
    l.title_id,
    l.party_id as left_id,
    l.proprietor_name as left_name,
    e.edition_date as shown_on,
    l.ended_on as left_by,
    l.statement_id as left_statement_id,
    case
        when l.deed_id is not null then concat_ws('-', l.deed_id, regexp_extract(l.title_id, '[^-]+$'))
    end as earlier_transaction_id,
    c.party_id as came_id,
    c.proprietor_name as came_name,
    c.added_on as came_on,
    c.right_kind,
    c.statement_id,
    case
        when c.deed_id is not null then concat_ws('-', c.deed_id, regexp_extract(c.title_id, '[^-]+$'))
    end as transaction_id
from proprietorship l
join proprietorship c
    on c.title_id = l.title_id
    and c.right_id is not distinct from l.right_id
    and c.party_id <> l.party_id
    and date_diff('day', c.added_on, l.ended_on) between 0 and 62
    and coalesce(c.added_on > l.added_on, true)
-- Several datasets may have an edition of one day, because answers about parcels are requested one by one.
left join (select distinct register, edition, edition_date from edition_in_use) e
    on e.register = l.register and e.edition = l.edition
where l.ended_on is not null
