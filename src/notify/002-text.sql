-- What a message said, for who asks later what people were told.
alter table notifications add column if not exists text String comment 'of what is claimed, without links; what a channel made of it may be shorter' after headline
