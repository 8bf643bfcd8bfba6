{{ newly_closed('journal_lines') }}
