-- Mail has an HTML form, too.

ALTER TABLE mail_box ADD html {text:20000};
