-- Texts of the addresses, and of the titles without one, that have all of $words, or are not in ASCII. Those
-- that have the rarest of the words are looked at for the others: a word such as ROAD is in millions.
-- Materialized, `every_word` would put together all words of a country for one question.
with every_word as not materialized (
    from address_word
    union all
    from sale_word
),
rarest as (
    select word
    from every_word
    where word in (select unnest($words))
    group by word
    order by count(*), word
    limit 1
),
rare as materialized (
    select source, row_no from every_word where word in (from rarest)
),
mine as materialized (
    select source, row_no
    from every_word
    where word in (select unnest($words)) and (source, row_no) in (from rare)
    group by source, row_no
    having count(distinct word) = len($words)
    union all
    select source, row_no from every_word where word = {not_ascii}
)
select subject_id, subject_type, postcode, min(address_text) as address_text
from (
    select address_id as subject_id, 'address' as subject_type, postcode, address_text
    from address
    where rowid in (
        select unnest(coalesce((select list(row_no) from mine where source = 'address'), [-1]))
    )
    union all
    select address_id, 'address', postcode, address_text
    from property
    where rowid in (
        select unnest(coalesce((select list(row_no) from mine where source = 'property'), [-1]))
    )
    union all
    select address_id, 'address', postcode, address_text
    from transaction
    where rowid in (
        select unnest(coalesce((select list(row_no) from mine where source = 'transaction'), [-1]))
    )
    union all
    select title_id, 'title', null, address_text
    from title
    where rowid in (
        select unnest(coalesce((select list(row_no) from mine where source = 'title'), [-1]))
    )
)
group by subject_id, subject_type, postcode
order by subject_id
