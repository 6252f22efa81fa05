-- Attachments on a title, on the titles that a legal entity holds, and against the entity as a borrower.
with meant as (
    select party_id as id, title_id
    from proprietorship
    where ended_on is null and rowid in (from rows_of('proprietorship.party_id', $ids))
    union
    select title_id, title_id from title where rowid in (from rows_of('title.title_id', $ids))
),
attachment as (
    select m.id, c.charge_id, c.title_id, c.lender_name, c.amount_secured, c.currency, c.status, c.created_on,
        c.register
    from meant m
    join v_charge c using (title_id)
    where c.kind = 'attachment'
    union
    select borrower_id, charge_id, title_id, lender_name, amount_secured, currency, status, created_on,
        register
    from v_charge
    where kind = 'attachment' and borrower_id in (select unnest($ids))
)
select
    *,
    row_number() over (
        partition by id order by created_on desc nulls last, charge_id, title_id, lender_name
    ) as row_no
from attachment
