-- Persons whose names have two of the words, or ones that differ by a letter ($like: of which words); or a
-- surname that is enough alone, or one that differs by a letter; or are not in ASCII.
with asked as materialized (
    -- Of a word that differs by one letter one half is the same, which is found faster.
    select word, left(word, length(word) // 2) as head, substr(word, length(word) // 2 + 1) as tail
    from (select unnest($like) as word)
),
like_word as materialized (
    select a.word as asked_word, w.word
    from distinct_person_word w
    join asked a on contains(w.word, a.head) or contains(w.word, a.tail)
    where levenshtein(w.word, a.word) <= 1
),
one_of_two as (
    select unnest($words) as word
    union
    select word from like_word
),
alone as (
    select unnest($alone) as word
    union
    select word from like_word where asked_word in (select unnest($alone))
    union
    select {not_ascii}
)
select person_id, full_name, birth_year, birth_month
from person
where rowid in (
    select row_no
    from person_word
    where word in (select unnest((select list(word) from one_of_two)))
    group by row_no
    having count(*) >= 2
    union all
    select row_no
    from person_word
    where word in (select unnest((select list(word) from alone)))
)
order by person_id
