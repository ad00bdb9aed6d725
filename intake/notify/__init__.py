"""What leaves the house: letters into drafts folders and by SMTP, webhooks to other systems."""
