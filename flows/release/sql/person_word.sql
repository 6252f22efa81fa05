-- Every word of a natural person's name, in capitals, and the number of the row; the last piece also as it is
-- written, with its hyphen. A name that is not in ASCII has the one word {not_ascii}.
create table person_word as
select unnest(words) as word, row_no
from (
    select
        row_no,
        case
            when plain is null then [{not_ascii}]
            else list_distinct(
                list_append(regexp_extract_all(plain, '[A-Z0-9]+'), split_part(plain, ' ', -1))
            )
        end as words
    from (
        select row_no, {plain} as plain
        from (
            select rowid as row_no, full_name as name
            from person
            where person_type = 'knownPerson' and full_name is not null
        )
    )
)
order by word, row_no
