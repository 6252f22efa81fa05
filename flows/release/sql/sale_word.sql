-- The same for sales of no known property. A table of its own, as sales change more often than addresses.
create table sale_word as
with text as (
    select 'transaction' as source, rowid as row_no, address_text as name
    from "transaction"
    where property_id is null and address_id is not null
),
{words_of_text}
