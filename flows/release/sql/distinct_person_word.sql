-- Each word of `person_word` once, for a search of words that differ by a letter.
create table distinct_person_word as
select distinct word
from person_word
order by word
