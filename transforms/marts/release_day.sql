-- The date of the release. One row.
select cast($as_of as date) as as_of
