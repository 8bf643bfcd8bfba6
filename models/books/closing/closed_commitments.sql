{{ newly_closed('commitment_rollforward') }}
