-- What is compared of each record, filled batch by batch.
create or replace temp table person_feature (
    row_no bigint,
    statement_id text,
    address text,
    postcode text,
    forename text,
    middle text,
    surname text,
    forename_key text,
    surname_key text,
    words text,
    birth_year smallint,
    birth_month tinyint
)
