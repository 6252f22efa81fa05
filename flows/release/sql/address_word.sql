-- The words of the texts that a search by street and place reads, and the number of the row: units of
-- addresses, of properties, and titles without a unit.
create table address_word as
with text as (
    select 'address' as source, rowid as row_no, address_text as name from address
    union all
    select 'property', rowid, address_text from property where address_id is not null
    union all
    select 'title', rowid, address_text
    from title
    where title_id not in (select title_id from title_address)
),
{words_of_text}
