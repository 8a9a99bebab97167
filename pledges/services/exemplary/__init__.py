"""The register of models: registration, resemblance, appraisal, recognition, review, replication, publicity, counts."""
