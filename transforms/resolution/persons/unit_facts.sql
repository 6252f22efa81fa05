-- What is stated of each record whose party-to-be may hold two persons.
select row_no::uinteger as row_no, birth_year::int * 12 + birth_month as month, forename, middle, words
from person_feature
semi join chained_row using (row_no)
order by row_no
