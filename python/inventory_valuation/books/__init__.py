"""What is booked: the reserve from period to period, its journals for the finance system, and the audit trail."""
