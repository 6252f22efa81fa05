-- Every number, and word of three letters or more, in the texts that a search by street and place reads, and
-- the number of the row: units of addresses, of properties, of sales of no known property, and titles without
-- a unit. In capitals and in full (pairs of a short and a full form are put in). A text that is not in ASCII
-- has the one word {not_ascii}.
create table address_word as
with text as (
    select 'address' as source, rowid as row_no, address_text as name from address
    union all
    select 'property', rowid, address_text from property where address_id is not null
    union all
    select 'transaction', rowid, address_text
    from "transaction"
    where property_id is null and address_id is not null
    union all
    select 'title', rowid, address_text
    from title
    where title_id not in (select title_id from title_address)
),
worded as (
    select
        source, row_no,
        unnest(
            case
                when plain is null then [{not_ascii}]
                else list_distinct(
                    regexp_extract_all(
                        replace(plain, '_', ' '), '\b(?:[0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)?|[A-Z]{2,})\b'
                    )
                )
            end
        ) as word
    from (select source, row_no, {plain} as plain from text where name is not null)
)
select coalesce(f.full_word, w.word) as word, w.source, w.row_no
from worded w
left join (values {full_words}) f(short_word, full_word) on f.short_word = w.word
where length(coalesce(f.full_word, w.word)) > 2 or w.word < 'A'
order by word, source, row_no
