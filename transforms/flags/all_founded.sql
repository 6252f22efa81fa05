-- Replaces `unfounded.sql` if an indicator needs no role: no subject.
select cast(null as varchar) as subject_id, cast(null as varchar) as reason
where false
