-- Records of persons in order of their anchors, filled batch by batch. link: the registrar's own record that it
-- is about; officer_number: the registrar's number of the officer; person_key: name, month of birth and
-- address, null where too little is stated, or the person is protected or listed.
create or replace temp table person_record (
    row_no bigint,
    statement_id text,
    edition text,
    edition_order text,
    register text,
    dataset text,
    record text,
    part text,
    link text,
    officer_number text,
    person_key text
)
