-- Every number, and word of three letters or more, of the texts in `text` (source, row_no, name), in capitals
-- and in full (pairs of a short and a full form are put in). A text that is not in ASCII has the one word
-- {not_ascii}. Parts of a WITH clause, and its query: others begin with `text`.
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
select word, cast(source as varchar) as source, row_no
from (
    -- A number for each source (in the order of their names) is sorted sooner than a text.
    select
        coalesce(f.full_word, w.word) as word,
        cast(w.source as enum('address', 'property', 'title', 'transaction')) as source,
        w.row_no
    from worded w
    left join (values {full_words}) f(short_word, full_word) on f.short_word = w.word
    where length(coalesce(f.full_word, w.word)) > 2 or w.word < 'A'
    order by word, source, row_no
)
